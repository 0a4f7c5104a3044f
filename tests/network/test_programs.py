import pytest

from tests.network import small

ANSWER = "Message: Hello World!\nHostname: web-1\nPlatform: linux\nUptime: {}\nIP: 10.233.101.4\nDNS: 169.254.25.10\n"


def test_the_application_answers_six_lines() -> None:
    world = small.web(1)
    world.clock.run_for(10_329_000)
    done = world.exec("nettool", "curl", "-s", "http://web")
    assert (done.stdout, done.stderr, done.code) == (ANSWER.format(10_329), "", 0)
    assert done.duration < 20
    assert world.exec("nettool", "wget", "-qO-", "web").stdout.splitlines()[1] == "Hostname: web-1"


def test_curl_keeps_a_connection_for_the_same_host() -> None:
    world = small.web(3)
    names = [row for row in world.exec("nettool", "curl", "-s", *["web"] * 30).stdout.splitlines() if "Hostname" in row]
    assert len(names) == 30
    assert len(set(names)) == 1
    single = {world.exec("nettool", "curl", "-s", "web").stdout for _ in range(30)}
    assert len(single) == 3


CURL = [
    (("-sS", "web:81", "-m", "3"), "curl: (28) Connection timed out after 3000 milliseconds\n", 28),
    (("-sS", "--connect-timeout", "2", "10.233.9.9"), "curl: (28) Connection timed out after 2000 milliseconds\n", 28),
    (
        ("-sS", "10.233.9.9"),
        "curl: (28) Failed to connect to 10.233.9.9 port 80 after 134000 ms: Couldn't connect to server\n",
        28,
    ),
    (
        ("-sS", "10.233.101.4:81"),
        "curl: (7) Failed to connect to 10.233.101.4 port 81 after 1 ms: Couldn't connect to server\n",
        7,
    ),
    (("-sS", "nope"), "curl: (6) Could not resolve host: nope\n", 6),
    (("-s", "nope"), "", 6),
    (("-sS", "http://"), "curl: (3) URL rejected: Malformed input to a URL function\n", 3),
    (("-sS", "gopher://web"), 'curl: (1) Protocol "gopher" not supported\n', 1),
    (("--foo", "web"), "curl: option --foo: is unknown\ncurl: try 'curl --help' for more information\n", 2),
    (
        ("-m", "abc", "web"),
        "curl: option -m: expected a proper numerical parameter\ncurl: try 'curl --help' for more information\n",
        2,
    ),
    (("web", "-m"), "curl: option -m: requires parameter\ncurl: try 'curl --help' for more information\n", 2),
    (
        ("-sS", "https://web:80"),
        "curl: (35) TLS connect error: error:0A0000C6:SSL routines::packet length too long\n",
        35,
    ),
]


@pytest.mark.parametrize(("args", "stderr", "code"), CURL, ids=[" ".join(case[0]) for case in CURL])
def test_curl_fails_like_curl(args: tuple[str, ...], stderr: str, code: int) -> None:
    done = small.web(1).exec("nettool", "curl", *args)
    assert (done.stdout, done.stderr, done.code) == ("", stderr, code)


def test_curl_refused_without_endpoints() -> None:
    world = small.web(0)
    done = world.exec("nettool", "curl", "-sS", "http://web")
    assert done.stderr == "curl: (7) Failed to connect to web port 80 after 3 ms: Couldn't connect to server\n"
    assert done.code == 7


def test_curl_shows_what_it_is_asked_for() -> None:
    world = small.web(1)
    assert world.exec(
        "nettool", "curl", "-s", "-o", "/dev/null", "-w", "%{http_code} %{remote_ip}\\n", "web"
    ).stdout == ("200 10.233.10.5\n")
    assert world.exec("nettool", "curl", "-sI", "web").stdout.startswith("HTTP/1.1 200 OK\r\n")
    loud = world.exec("nettool", "curl", "-sv", "-H", "Host: example", "web")
    assert "> Host: example\n" in loud.stderr
    assert "* Connected to web (10.233.10.5) port 80\n" in loud.stderr
    assert "% Total" in world.exec("nettool", "curl", "web").stderr
    assert "% Total" not in world.exec("nettool", "curl", "web", tty=True).stdout
    assert world.sh("curl -s web -o /srv/page; grep -c . /srv/page").stdout == "6\n"


def test_images_have_what_they_have() -> None:
    world = small.web(1)
    world.pod("busy", image="busybox:1.36", ports=[])
    lost = world.exec("busy", "curl", "web")
    assert not lost.started
    assert lost.code == 127
    assert lost.stderr == (
        "OCI runtime exec failed: exec failed: unable to start container process: "
        'exec: "curl": executable file not found in $PATH\n'
    )
    assert world.exec("busy", "wget", "-qO-", "web").code == 0
    assert world.exec("busy", "sh", "-c", "curl web").stderr == "sh: curl: not found\n"
    assert not world.exec("coredns-1" if False else "busy", "dig", "x").started


def test_wget_of_busybox_and_of_gnu() -> None:
    world = small.web(1)
    world.pod("busy", image="busybox", ports=[])
    assert world.exec("busy", "wget", "-qO-", "nope").stderr == "wget: bad address 'nope'\n"
    refused = world.exec("busy", "wget", "-O-", "10.233.101.4:81")
    assert refused.stderr == (
        "Connecting to 10.233.101.4:81 (10.233.101.4:81)\n"
        "wget: can't connect to remote host (10.233.101.4): Connection refused\n"
    )
    assert world.exec("busy", "wget", "-qO-", "-T", "2", "10.233.9.9").stderr == "wget: download timed out\n"
    gnu = world.exec("web-1", "wget", "-O-", "10.233.101.4:81")
    assert gnu.stderr.endswith("Connecting to 10.233.101.4:81... failed: Connection refused.\n")
    assert gnu.code == 4


def test_nginx_serves_what_is_written_into_its_folder() -> None:
    world = small.web(0)
    world.pod("page", image="nginx", ports=[[80, "tcp"]])
    url = "http://10.233.101.4"
    assert "<h1>Welcome to nginx!</h1>" in world.exec("nettool", "curl", "-s", url).stdout
    world.exec("page", "sh", "-c", "echo hello from $HOSTNAME > /usr/share/nginx/html/index.html")
    assert world.exec("nettool", "curl", "-s", url).stdout == "hello from page\n"
    assert world.exec("nettool", "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", url + "/nope").stdout == "404"
    assert world.network._probe(world.store.find("Pod", "default", "page"), world.container("page"), 80, "/nope") == 404


def test_the_api_server_answers_on_its_service() -> None:
    world = small.web(0)
    assert '"code": 403' in world.exec("nettool", "curl", "-sk", "https://kubernetes").stdout
    assert world.exec("nettool", "curl", "-sk", "https://kubernetes/healthz").stdout == "ok"
    assert world.exec("nettool", "curl", "-sS", "https://kubernetes").code == 60


def test_a_cluster_ip_answers_ping_in_ipvs_mode_only() -> None:
    world = small.web(1)
    assert "2 packets transmitted, 0 packets received, 100% packet loss" in world.sh("ping -c 2 web").stdout
    assert ", 0% packet loss" in world.sh("ping -c 1 10.233.101.4").stdout
    world.network.use("ipvs")
    assert ", 0% packet loss" in world.sh("ping -c 1 web").stdout, "the nodes have the address on kube-ipvs0"


def test_kill_ends_the_main_program() -> None:
    world = small.web(1)
    world.clock.on("kubelet", lambda *what: None)
    assert world.exec("web-1", "kill", "1").code == 0
    assert not world.container("web-1")["alive"]
    gone = world.exec("web-1", "true")
    assert not gone.started
    refused = world.network.request("10.233.10.5", "nettool").verdict
    assert refused.text == "no process runs in web-1: refused"


def test_environment_and_machine() -> None:
    world = small.web(1)
    assert world.exec("web-1", "env").stdout.splitlines()[1] == "HOSTNAME=web-1"
    assert world.exec("web-1", "hostname").stdout == "web-1\n"
    assert world.exec("web-1", "hostname", "-i").stdout == "10.233.101.4\n"
    assert world.exec("web-1", "printenv", "HOME").stdout == "/root\n"
    assert "inet 10.233.101.3/32 scope global eth0" in world.exec("nettool", "ip", "a").stdout
    assert world.exec("nettool", "cat", "/etc/hosts").stdout.endswith("10.233.101.3\tnettool\n")
    assert world.exec("web-1", "sh", "-c", "echo $TERM", tty=True).stdout == "xterm\n"
    assert world.exec("nettool", "nc", "-zv", "web", "80").stderr == "web (10.233.10.5:80) open\n"


# ---- main programs


def run(world: small.Small, *argv: str, image: str = "busybox") -> object:
    world.pod("main", image=image, ports=[])
    stored = world.store.find("Pod", "default", "main")
    assert stored is not None
    return world.runtime.entrypoint(stored, world.container("main"), list(argv))


def test_main_programs_take_their_time_without_moving_the_clock() -> None:
    world = small.web(1)
    before = world.clock.now
    done = run(world, "sh", "-c", "echo a; sleep 2; echo b; exit 3")
    assert done is not None
    assert (done.code, done.ms, done.log) == (3, 2_000, ((0, "a\n"), (2_000, "b\n")))
    assert world.clock.now == before


def test_main_programs_that_do_not_end() -> None:
    world = small.web(1)
    assert run(world, "sleep", "infinity").ms is None
    assert run(world, "tail", "-f", "/dev/null").ms is None
    assert run(world, "server", "--port", "80", image="example/thing") is None


def test_loops_go_round_as_time_passes_and_see_what_changes() -> None:
    world = small.web(0)
    script = "n=0; while true; do n=$((n+1)); echo $n $(wget -qO- web 2>&1 | grep -c Hostname); sleep 2; done"
    begun = run(world, "sh", "-c", script)
    assert (begun.ms, begun.log) == (None, ((3, "1 0\n"),))
    world.pod("web-9")
    world.slice("web", ["web-9"])
    world.clock.run_for(9_000)
    assert [text for _, text in world.container("main")["logs"]] == ["2 1\n", "3 1\n", "4 1\n", "5 1\n"]
    kept = world.runtime.snapshot(), world.clock.snapshot()
    world.clock.run_for(2_001)
    assert world.container("main")["logs"][-1][1] == "6 1\n"
    world.runtime.restore(kept[0])
    world.clock.restore(kept[1])
    world.clock.run_for(2_001)
    assert world.container("main")["logs"][-1][1] == "6 1\n"


def test_a_loop_that_waits_for_a_name_ends_when_it_is_there() -> None:
    world = small.web(0)
    ended = []
    world.clock.on("kubelet", lambda *what: ended.append(what))
    begun = run(world, "sh", "-c", "until nslookup late.default.svc.cluster.local; do sleep 2; done; echo go; exit 4")
    assert begun.ms is None
    world.clock.run_for(60_000)
    assert not ended
    world.service("late", {"clusterIP": "10.233.10.44"})
    world.clock.run_for(10_000)
    assert world.container("main")["logs"][-1][1] == "go\n"
    assert world.container("main")["code"] == 4
    assert [what[0] for what in ended] == ["ended"]


def test_a_loop_ends_with_its_container() -> None:
    world = small.web(0)
    run(world, "sh", "-c", "while true; do echo x; sleep 1; done")
    world.runtime.end(world.container("main"), 137)
    world.clock.run_for(10_000)
    assert world.container("main")["logs"] == []
    assert world.clock.next_at() is None


def test_main_programs_that_are_not_there() -> None:
    assert not run(small.web(1), "curl", "web").started
    assert not run(small.web(1), "slep", "10").started


def test_servers_started_by_hand_listen() -> None:
    world = small.web(0)
    assert run(world, "sh", "-c", "echo hi > /www; nc -lk -p 7000").ms is None
    assert world.container("main")["ports"] == [[7000, "tcp"]]


def test_exec_probes() -> None:
    world = small.web(1)
    stored = world.store.find("Pod", "default", "web-1")
    assert stored is not None
    box = world.container("web-1")
    assert world.runtime.execute(stored, box, ["cat", "/srv/healthy"]).code == 1
    world.exec("web-1", "touch", "/srv/healthy")
    assert world.runtime.execute(stored, box, ["cat", "/srv/healthy"]).code == 0


@pytest.mark.parametrize(
    ("line", "code", "took"),
    [
        ("timeout 3 curl -s 10.233.9.9", 143, 3_000),
        ("timeout 2 sleep infinity", 143, 2_000),
        ("timeout 2 tail -f /etc/hosts", 143, 2_000),
        ("timeout 5 sh -c 'timeout 1 sleep infinity; sleep 9'", 143, 5_000),
        ("timeout 1m sleep 2; echo $?", 0, 2_000),
        ("timeout 5 sh -c 'timeout 1 sleep 3; sleep 9'", 143, 5_000),
        ("timeout 1 sh -c 'timeout 5 sleep 3'; sleep 1", 0, 2_000),
    ],
)
def test_a_program_ends_when_its_time_is_up(line: str, code: int, took: int) -> None:
    done = small.web(1).sh(line)
    assert (done.code, done.duration) == (code, took)
