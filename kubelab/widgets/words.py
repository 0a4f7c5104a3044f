"""The panels' words, in Korean and English.

Kubernetes' own Korean terms (파드, 서비스, 엔드포인트, 레플리카셋, 세션 어피니티). No sentence puts a Korean
particle right behind a name that is filled in, so that it reads well whatever the name is.
"""

WORDS: dict[str, tuple[str, str]] = {
    # titles
    "replicas": ("레플리카", "Replicas"),
    "endpoints": ("엔드포인트", "Endpoints"),
    "distribution": ("요청 분포", "Request distribution"),
    "affinity": ("세션 어피니티 비교", "Session affinity compared"),
    "request": ("요청 하나 따라가기", "One request, hop by hop"),
    "timeline": ("타임라인", "Timeline"),
    "board": ("시연 보드", "Demo board"),
    # controls
    "fewer": ("− 줄이기", "− fewer"),
    "more": ("+ 늘리기", "+ more"),
    "requests": ("요청 수", "requests"),
    "clients": ("클라이언트 수", "clients"),
    "send": ("요청 보내기", "Send requests"),
    "again": ("엔드포인트가 바뀌면 다시 보내기", "Send again when the endpoints change"),
    "table": ("표도 보기", "Show the table too"),
    "client": ("클라이언트", "client"),
    "forward": ("다음", "Next"),
    "back": ("이전", "Back"),
    "step": ("한 단계", "One step"),
    "undo": ("되돌리기", "Undo"),
    "redo": ("다시 하기", "Redo"),
    "pod": ("파드", "Pod"),
    "service": ("서비스", "Service"),
    "address": ("주소", "Address"),
    "node": ("노드", "Node"),
    "state": ("상태", "State"),
    "change": ("바뀐 것", "Change"),
    "count": ("받은 요청", "Requests"),
    "share": ("비율", "Share"),
    "expected": ("기대", "Expected"),
    "band": ("95 % 범위", "95 % band"),
    "total": ("합계", "Total"),
    # replicas
    "not_found": ("{what}: 지금 클러스터에 없습니다.", "{what} is not in the cluster now."),
    "wanted_ready": ("원하는 수 {wanted}, 준비됨 {ready}", "{wanted} wanted, {ready} ready"),
    "missing": ("없음", "missing"),
    "and_more": ("그 밖에 {n}개", "and {n} more"),
    # endpoint states
    "ready": ("준비됨", "ready"),
    "joining": ("참여 중", "joining"),
    "unready": ("준비 안 됨", "not ready"),
    "leaving": ("떠나는 중", "leaving"),
    "gone": ("떠났음", "gone"),
    "new": ("새로 들어옴", "new"),
    "was": ("이전: {state}", "was {state}"),
    "same": ("", ""),
    "endpoints_said": (
        "{service}: 준비된 엔드포인트 {ready}개, 전체 {all}개",
        "{service}: {ready} ready of {all} endpoints",
    ),
    "nothing_changed": ("지난번과 같습니다.", "Nothing changed since the last look."),
    "no_endpoints": (
        "엔드포인트가 없습니다. 셀렉터 {selector} 레이블이 있는 파드가 아직 없습니다.",
        "No endpoints: no pod carries the labels {selector} yet.",
    ),
    "no_selector": (
        "이 서비스에는 셀렉터가 없습니다. 엔드포인트를 직접 만들어야 합니다.",
        "This Service has no selector: its endpoints must be made by hand.",
    ),
    "external": (
        "ExternalName 서비스입니다. 엔드포인트 없이 DNS 이름({name})으로 안내합니다.",
        "An ExternalName Service: no endpoints, DNS points to {name}.",
    ),
    # distribution
    "sent": (
        "요청 {requests}번, 클라이언트 {clients}개, 실패 {failures}번",
        "{requests} requests, {clients} clients, {failures} failed",
    ),
    "expect_line": (
        "점선: 기댓값 {expected}, 색 띠: 95 % 범위 {low}–{high}",
        "Dashed line: expected {expected}; tinted band: 95 % of draws, {low}–{high}",
    ),
    "band_note": (
        "띠 밖의 막대도 스무 번에 한 번쯤은 나옵니다. 선택은 연결마다 무작위입니다.",
        "About one bar in twenty falls outside the band: the choice is random, per connection.",
    ),
    "no_answer": (
        "응답이 없습니다. 준비된 엔드포인트가 없어 {failures}번 모두 실패했습니다.",
        "No answer: without a ready endpoint all {failures} requests failed.",
    ),
    "nothing_sent": ("아직 보낸 요청이 없습니다.", "No request has been sent yet."),
    "stale": (
        "엔드포인트가 바뀌었습니다. 그림은 바뀌기 전에 보낸 요청입니다.",
        "The endpoints have changed; the picture shows requests sent before.",
    ),
    # affinity
    "without": ("{service}: 어피니티 없음", "{service}: no affinity"),
    "with": ("{service}: ClientIP 어피니티", "{service}: ClientIP affinity"),
    "kept": (
        "한 파드에만 닿은 클라이언트: {kept} / {clients}",
        "Clients that met one pod only: {kept} of {clients}",
    ),
    "heat": ("클라이언트(줄) × 파드(칸)", "clients (rows) × pods (columns)"),
    "same_scale": ("두 그림의 눈금은 같습니다.", "Both pictures share one scale."),
    # one request
    "number": ("순서", "No."),
    "stage": ("단계", "Stage"),
    "where": ("어디서", "Where"),
    "why": ("까닭", "Why"),
    "target": ("주소", "address"),
    "ask": ("요청하기", "Send one request"),
    "to_end": ("끝까지", "To the end"),
    "no_client": ("클라이언트 파드가 없습니다.", "There is no pod to ask from."),
    # board
    "scene": ("장면", "scene"),
    "scene scale": ("1. 파드 늘리기", "1. Scale"),
    "scene break": ("2. 파드 고장 내기", "2. Break a pod"),
    "scene affinity": ("3. 세션 어피니티", "3. Session affinity"),
    "open": ("열기", "Open"),
    "delete": ("삭제", "Delete"),
    "kill": ("프로세스 죽이기", "Kill its process"),
    "unready_it": ("준비 상태 바꾸기", "Toggle ready"),
    "relabel": ("레이블 바꾸기", "Toggle label"),
    "sticky": ("세션 어피니티", "session affinity"),
    "let_pass": ("시간 보내기", "Let time pass"),
    "duration": ("시간", "time"),
    "no_pod": ("고른 파드가 없습니다.", "No pod is chosen."),
    "no_switch": (
        "파드 {pod}: 파일을 보는 준비성 프로브(test ! -f FILE)가 없습니다.",
        "Pod {pod} has no readiness probe that looks at a file (test ! -f FILE).",
    ),
    # controls
    "controls": ("되돌리기와 다시 시작", "Take back, begin again"),
    "reset": ("처음부터", "Reset"),
    "to_step": ("{n}단계 처음으로", "To step {n}"),
    "to_exercise": ("연습 처음으로", "To the exercise"),
    "to_mark": ("표시: {name}", "To {name}"),
    "no_moments": (
        "단계를 시작할 때마다 그 처음으로 돌아가는 버튼이 생깁니다.",
        "Each step that you begin gets a button that leads back to its start.",
    ),
    "moments_said": ('lab.back_to("...")로 돌아갈 곳: {moments}', 'Marked, for lab.back_to("..."): {moments}'),
    "steps_said": ("되돌릴 수 있는 동작 {n}개, 마지막 동작: {last}", "{n} actions can be taken back; the last: {last}"),
    "no_steps": ("되돌릴 것이 없습니다.", "There is nothing to take back."),
    # timeline
    "time": ("시각", "Time"),
    "who": ("누가", "Who"),
    "what": ("무엇을", "What"),
    "paused": ("한 단계씩 보기", "Step by step"),
    "timeline_said": ("기록 {total}줄, 지금 {now}", "{total} lines so far; it is {now}"),
    "nothing_waits": ("기다리는 일이 없습니다.", "Nothing waits to happen."),
    "progress": ("요청 {total}번 중 {done}번 ({percent}%)", "{done} of {total} requests ({percent}%)"),
    # errors and calm messages
    "wrong": ("실행하지 못했습니다", "That did not work"),
    "bug": ("패널에서 오류가 났습니다", "The panel failed"),
    "ran": ("실행한 명령", "Command"),
}


def say(lang: str, key: str, **values: object) -> str:
    """The words for `key` in that language, with the values filled in."""
    korean, english = WORDS[key]
    return (korean if lang == "ko" else english).format(**values)
