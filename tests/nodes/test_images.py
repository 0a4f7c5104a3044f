"""Names of images, what can be pulled, what listens where."""

import pytest

from kubelab.nodes import images


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("c1t1d0s7/myweb", "docker.io/c1t1d0s7/myweb:latest"),
        ("registry.k8s.io/coredns/coredns:v1.12.4", "registry.k8s.io/coredns/coredns:v1.12.4"),
        ("localhost:5000/app:1", "localhost:5000/app:1"),
        ("nginx@sha256:" + "0" * 64, "docker.io/library/nginx@sha256:" + "0" * 64),
    ],
)
def test_references(text, full):
    assert images.parse(text).full == full


@pytest.mark.parametrize("text", ["NGINX", "", "nginx:", "a b", "-x", "nginx:bad tag"])
def test_bad_references(text):
    with pytest.raises(ValueError, match="invalid reference format"):
        images.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "nginx", "nginx:1.14.2", "nginx:1.27-alpine", "nginx:stable", "nginx:1.25.3-alpine3.18-slim", "httpd:2.4",
        "redis:7", "busybox:1.28", "busybox:1.36.1", "alpine:3.20", "python:3.12-slim-bookworm", "rabbitmq:3",
        "somebody/something:v1-final", "wbitt/network-multitool:alpine-minimal", "ghcr.io/who/what:abc",
        "registry.k8s.io/e2e-test-images/agnhost:2.53", "traefik/whoami", "gcr.io/google-samples/hello-app:2.0",
    ],
)  # fmt: skip
def test_can_be_pulled(text):
    assert images.problem(images.parse(text)) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ngnix", "pull access denied"),
        ("c1t1d0s7/mywep", "pull access denied"),
        ("nginx:latset", "code = NotFound"),
        ("nginx:1.161", "code = NotFound"),
        ("c1t1d0s7/myweb:nosuch", "code = NotFound"),
        ("registry.k8s.io/coredns/coredsn:v1", "code = NotFound"),
        ("registry.example.com/app", "no such host"),
    ],
)
def test_cannot_be_pulled(text, said):
    assert said in images.problem(images.parse(text))


@pytest.mark.parametrize(
    ("text", "container", "ports"),
    [
        ("c1t1d0s7/myweb", {}, [(8080, "tcp")]),
        ("c1t1d0s7/network-multitool", {}, [(80, "tcp"), (443, "tcp")]),
        ("nginx", {}, [(80, "tcp")]),
        ("traefik/whoami", {"args": ["--port", "8080"]}, [(8080, "tcp")]),
        ("hashicorp/http-echo", {"args": ["-text=hi", "-listen=:8081"]}, [(8081, "tcp")]),
        ("registry.k8s.io/e2e-test-images/agnhost:2.53", {"args": ["serve-hostname"]}, [(9376, "tcp")]),
        ("who/knows", {"ports": [{"containerPort": 5000}]}, [(5000, "tcp")]),
    ],
)
def test_ports(text, container, ports):
    image = images.find(images.parse(text))
    assert images.is_own_server(image, container)
    assert list(images.listening(image, container, images.command_line(image, container))) == ports


@pytest.mark.parametrize(
    ("text", "container", "argv"),
    [
        ("nginx", {"command": ["sleep", "5"]}, ["sleep", "5"]),
        ("nginx", {"args": ["sh", "-c", "env"]}, ["sh", "-c", "env"]),
        ("curlimages/curl", {"args": ["-s", "http://svc"]}, ["curl", "-s", "http://svc"]),
        ("curlimages/curl", {"args": ["sh"]}, ["sh"]),
        ("busybox", {}, ["sh"]),
        ("busybox", {"args": ["sleep", "9"]}, ["sleep", "9"]),
    ],
)
def test_other_programs(text, container, argv):
    image = images.find(images.parse(text))
    assert not images.is_own_server(image, container)
    assert images.command_line(image, container) == argv
