"""What stands for kubectl in the replayed shell lines: hands the call to the test's process and prints the answer."""

import ast
import os
import socket
import sys

argv = sys.argv[1:]
takes_stdin = "-" in argv or any(a.startswith(("-f-", "--filename=-")) for a in argv)
stdin = sys.stdin.read() if takes_stdin else ""
with socket.socket(socket.AF_UNIX) as door:
    door.connect(os.environ["KUBELAB_DOOR"])
    door.sendall(repr((os.getcwd(), argv, stdin)).encode())
    door.shutdown(socket.SHUT_WR)
    answer = b"".join(iter(lambda: door.recv(65536), b""))
stdout, stderr, code = ast.literal_eval(answer.decode())
sys.stdout.write(stdout)
sys.stdout.flush()
sys.stderr.write(stderr)
sys.exit(code)
