"""The table of the pages that the documentation shows, one entry a page: `make pictures` takes them all.

It writes docs/pages.md and docs/pages.ko.md from the same table.
A page's name is that of the table in `tests/browser/pages.py`; a page that is there and not here is told of.
"""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("en", "ko")
WIDE, NARROW = 1280, 390


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: its name, a title and a sentence in each language, and how it is shown besides light and wide."""

    name: str
    en: tuple[str, str]
    ko: tuple[str, str]
    # Pairs of a look (a key of `test_looks.LOOKS`) and a width.
    also: tuple[tuple[str, int], ...] = ()


CLUSTER = (
    Shown(
        "home",
        ("Home", "Your clusters, alive, and where to begin."),
        ("홈", "살아 움직이는 내 클러스터들과 시작할 곳이에요."),
        (("dark", WIDE),),
    ),
    Shown(
        "cluster",
        ("The cluster", "The picture: services, container instances, tasks, containers, and under it the timeline."),
        ("클러스터", "서비스, 컨테이너 인스턴스, 태스크, 컨테이너를 한 그림에 담고, 그 아래 타임라인이 있어요."),
        (("dark", WIDE), ("contrast", WIDE), ("projector", WIDE), ("light", NARROW)),
    ),
    Shown(
        "stage-1",
        ("Stage 1", "The first diagram of the notes: a cluster and its container instances."),
        ("1단계", "노트의 첫 그림이에요. 클러스터와 컨테이너 인스턴스만 보여요."),
    ),
    Shown(
        "stage-2",
        ("Stage 2", "The second diagram: task definitions outside the cluster, tasks inside."),
        ("2단계", "두 번째 그림이에요. 태스크 디피니션은 클러스터 밖에, 태스크는 안에 있어요."),
    ),
    Shown(
        "empty",
        ("An empty cluster", "A finished cluster: a name under which machines, tasks and services meet."),
        ("빈 클러스터", "비어 있어도 완성된 클러스터예요. 머신과 태스크와 서비스가 모일 이름이에요."),
    ),
    Shown(
        "reservations",
        ("Reservations", "What each revision reserves of an instance, and ghosts of what did not fit."),
        ("예약", "리비전마다 인스턴스에서 예약한 양과, 들어가지 못한 태스크의 자리를 보여 줘요."),
        (("dark", WIDE),),
    ),
    Shown(
        "picture-as-text",
        ("The picture as text", "The same hierarchy as a tree of words, for whoever listens instead of looking."),
        ("글로 읽는 그림", "같은 계층을 글로 된 트리로 읽어요. 화면 낭독기로 듣기에도 좋아요."),
    ),
    Shown(
        "past",
        ("The past", "The cluster as it was at a moment, folded from the log; Esc returns to now."),
        ("지난 순간", "로그로 되살린 그 순간의 클러스터예요. Esc를 누르면 지금으로 돌아와요."),
        (("dark", WIDE),),
    ),
)
PANELS = (
    Shown(
        "panel-task",
        ("The panel of a task", "One sentence of state, why it is where it is, its life, and the call that made it."),
        ("태스크 패널", "지금 상태 한 문장, 여기 놓인 까닭, 걸어온 길, 그리고 이 태스크를 만든 호출이 있어요."),
        (("dark", WIDE), ("light", NARROW)),
    ),
    Shown(
        "panel-stopped",
        ("A task that stopped", "Why it stopped, in ECS's words and in plain ones."),
        ("멈춘 태스크", "왜 멈췄는지 ECS의 말과 쉬운 말로 알려 줘요."),
    ),
    Shown(
        "panel-container",
        ("The panel of a container", "What AWS knows, what the agent decided, and what Docker was really told."),
        ("컨테이너 패널", "AWS가 아는 것, 에이전트가 정한 것, Docker가 실제로 들은 것을 나란히 보여 줘요."),
    ),
    Shown(
        "panel-instance",
        ("The panel of an instance", "Its agent, its capacity, its tasks, and what can go wrong with a machine."),
        ("인스턴스 패널", "에이전트, 용량, 태스크, 그리고 머신에 일으킬 수 있는 사고가 있어요."),
    ),
    Shown(
        "panel-service",
        ("The panel of a service", "A service that finds no place says why, instance by rule, and what would help."),
        ("서비스 패널", "자리를 못 찾은 서비스가 인스턴스별, 규칙별로 까닭을 말하고 무엇이 도움이 될지 알려 줘요."),
        (("dark", WIDE),),
    ),
    Shown(
        "panel-definition",
        ("The panel of a revision", "What it asks for, who runs it, and where it can be put."),
        ("리비전 패널", "무엇을 요구하고, 누가 실행하고, 어디에 놓을 수 있는지 보여 줘요."),
    ),
    Shown(
        "panel-cluster",
        ("The panel of the cluster", "What stands in it, as ECS answers it, with the command that asks."),
        ("클러스터 패널", "안에 무엇이 있는지 ECS의 대답 그대로, 물어보는 명령과 함께 보여 줘요."),
    ),
    Shown(
        "panel-refusal",
        (
            "RunTask found no place",
            "A failure is not a task: why the call found no place, by instance.",
        ),
        ("자리를 못 찾은 RunTask", "실패는 태스크가 아니에요. 왜 그런 대답이 왔는지 인스턴스마다 알려 줘요."),
    ),
    Shown(
        "panel-event",
        ("An event's panel", "One line of the log: what happened, to what, and the call behind it."),
        ("이벤트 패널", "로그의 한 줄이에요. 무엇에 무슨 일이 있었고 어떤 호출 때문인지 보여 줘요."),
    ),
    Shown(
        "what-if",
        ("What will happen?", "A disaster asked about before it is let loose."),
        ("무슨 일이 일어날까요?", "사고를 내기 전에 먼저 물어봐요."),
    ),
)
THINGS = (
    Shown(
        "instance",
        ("A container instance", "The machine: agent, attributes, capacity, drain, chaos."),
        ("컨테이너 인스턴스", "머신 한 대의 에이전트, 속성, 용량, 드레인, 사고를 다뤄요."),
    ),
    Shown(
        "task",
        ("A task", "Its life cycle, containers and logs that follow."),
        ("태스크", "생애 주기와 컨테이너, 따라 흐르는 로그예요."),
        (("dark", WIDE), ("light", NARROW)),
    ),
    Shown(
        "task-stopped",
        ("A task that is over", "Its log and its reason outlive its containers."),
        ("끝난 태스크", "컨테이너가 사라져도 로그와 까닭은 남아요."),
    ),
    Shown(
        "service",
        ("A service", "Desired, running, pending; deployments, events, and the scheduler's last decision."),
        ("서비스", "원하는 수, 실행 중인 수, 대기 중인 수와 배포, 이벤트, 스케줄러의 마지막 결정이에요."),
        (("light", NARROW),),
    ),
    Shown(
        "service-waiting",
        ("A service that waits", "The decision as a table: each instance and the rule that excluded it."),
        ("기다리는 서비스", "인스턴스마다 어떤 규칙이 막았는지 표로 보여 줘요."),
    ),
    Shown(
        "service-logs",
        ("Logs of a service", "The lines of all its tasks, interleaved, told apart by colour and by text."),
        ("서비스 로그", "모든 태스크의 줄을 섞어서, 색과 글자로 구별해 보여 줘요."),
    ),
    Shown(
        "capacity",
        ("Capacity", "Capacity providers and Auto Scaling groups, and what they scale to."),
        ("용량", "용량 공급자와 Auto Scaling 그룹, 그리고 그것들이 맞추려는 크기예요."),
    ),
    Shown(
        "cluster-settings",
        ("Settings of a cluster", "What UpdateClusterSettings takes."),
        ("클러스터 설정", "UpdateClusterSettings가 받는 값이에요."),
    ),
    Shown("tags", ("Tags", "Of anything that has an ARN."), ("태그", "ARN이 있는 것이면 무엇에나 붙여요.")),
    Shown(
        "parameters",
        ("Parameters", "Values and secrets that task definitions refer to."),
        ("파라미터", "태스크 디피니션이 가리키는 값과 비밀이에요."),
    ),
    Shown(
        "account-settings",
        ("Account settings", "What holds for the account, how it is set, and how the account is emptied."),
        ("계정 설정", "계정에 적용되는 값과 설정하는 방법, 계정을 비우는 방법이에요."),
    ),
)
FORMS = (
    Shown(
        "launch",
        ("Launch an instance", "A machine of a type, in a zone; its agent joins the cluster."),
        ("인스턴스 시작", "유형과 영역을 골라 머신을 띄우면 에이전트가 클러스터에 들어와요."),
    ),
    Shown(
        "run",
        ("Run a task", "RunTask with all that it takes, each field explained."),
        ("태스크 실행", "RunTask가 받는 모든 것을 필드마다 설명과 함께 채워요."),
    ),
    Shown(
        "create-service",
        ("Create a service", "How many, of what, where, and how it is replaced."),
        ("서비스 생성", "무엇을 몇 개, 어디에, 어떻게 바꿔 갈지 정해요."),
        (("light", NARROW),),
    ),
    Shown(
        "create-external-service",
        ("A service of task sets", "The EXTERNAL deployment controller: who deploys is you."),
        ("태스크 세트 서비스", "EXTERNAL 배포 컨트롤러예요. 배포는 직접 해요."),
    ),
    Shown(
        "register",
        ("The editor", "Form and JSON side by side, in step, checked while you type."),
        ("편집기", "폼과 JSON이 나란히 맞춰 움직이고, 쓰는 동안 검사해 줘요."),
        (("dark", WIDE),),
    ),
    Shown(
        "register-next",
        ("The next revision", "A revision is never changed; the next one begins with its text."),
        ("다음 리비전", "리비전은 바뀌지 않아요. 그 내용에서 다음 리비전을 시작해요."),
    ),
    Shown(
        "login",
        ("Log in", "In a class everyone has a sandbox of their own."),
        ("로그인", "수업에서는 저마다 자기만의 샌드박스가 있어요."),
    ),
)
DEFINITIONS = (
    Shown(
        "definitions",
        ("Task definitions", "Families and their revisions: outside every cluster, because they are."),
        ("태스크 디피니션", "패밀리와 리비전이에요. 실제로 그렇듯 어느 클러스터에도 속하지 않아요."),
    ),
    Shown(
        "definition",
        ("A revision", "Its containers, its JSON, and which tasks run it."),
        ("리비전", "컨테이너와 JSON, 그리고 이 리비전으로 도는 태스크예요."),
    ),
    Shown(
        "diff",
        ("Two revisions", "What is different, field by field."),
        ("두 리비전 비교", "무엇이 다른지 필드마다 보여 줘요."),
        (("dark", WIDE),),
    ),
    Shown(
        "deploy",
        ("What changes if I deploy this?", "Asked before it is done, with the same scheduler that would do it."),
        ("이걸 배포하면 무엇이 바뀔까요?", "실제로 배포할 바로 그 스케줄러에게 미리 물어봐요."),
    ),
)
REST = (
    Shown(
        "twins",
        ("Twins", "Two clusters or services side by side: one press does the same to both, differences stand out."),
        (
            "쌍둥이 보기",
            "클러스터나 서비스 둘을 나란히 놓고, 한 번 눌러 둘 다에 똑같이 하면 다른 점이 테두리로 드러나요.",
        ),
    ),
    Shown(
        "timeline",
        ("Events", "Everything that became visible, newest first, as a sentence and in ECS's words."),
        ("이벤트", "눈에 보이게 된 모든 일을 새것부터, 한 문장과 ECS의 말로 보여 줘요."),
    ),
    Shown(
        "recordings",
        ("Recordings", "A stretch of a timeline as a file that any ecsweb replays, without Docker."),
        ("녹화", "타임라인 한 토막을 파일로 담아요. 어느 ecsweb에서나 Docker 없이 다시 볼 수 있어요."),
    ),
    Shown(
        "recording",
        ("A recording", "Replayed, only to look at."),
        ("녹화 재생", "보기만 하는 다시 보기예요."),
    ),
    Shown(
        "try",
        ("Try from here", "A moment of the past as the beginning of something new."),
        ("여기서부터 해 보기", "지난 한 순간에서 새로 시작해요."),
    ),
    Shown(
        "try-from-recording",
        ("Try from a recording", "Somebody else's moment as your own beginning."),
        ("녹화에서부터 해 보기", "다른 사람의 순간에서 내 것을 시작해요."),
    ),
    Shown(
        "console",
        ("Command line", "The real AWS CLI's own model reads it; the one door runs it; no shell."),
        ("명령줄", "진짜 AWS CLI의 모델이 읽고 하나뿐인 문으로 실행해요. 셸은 없어요."),
        (("dark", WIDE),),
    ),
    Shown(
        "glossary",
        ("Glossary", "The words of the notes, the wrong ones put right."),
        ("용어집", "노트의 낱말을 모으고, 잘못된 이름은 바로잡았어요."),
    ),
    Shown(
        "check",
        ("Mid-term check", "The seven words, questions about your own objects, things to bring into order."),
        ("중간 점검", "일곱 가지 말, 내 것에 대한 질문, 차례 맞추기가 있어요."),
    ),
    Shown(
        "question",
        ("A question", "Which of your own tasks come back when an instance dies?"),
        ("질문", "인스턴스가 죽으면 내 태스크 중 무엇이 돌아올까요?"),
    ),
    Shown(
        "ordering",
        ("Bring into order", "Lines of a task definition; when they are right it is registered."),
        ("차례 맞추기", "태스크 디피니션의 줄이에요. 맞으면 진짜로 등록해요."),
    ),
    Shown(
        "shortcuts",
        ("Keyboard", "Every key; they can be turned off."),
        ("키보드", "모든 단축키예요. 끌 수도 있어요."),
    ),
    Shown(
        "vanished",
        ("What vanished", "A page of something that is gone says so, and what became of it."),
        ("사라진 것", "없어진 것의 페이지는 없어졌다고, 어떻게 되었는지 말해 줘요."),
    ),
    Shown(
        "no-such-page",
        ("No such page", "An address that leads nowhere leads back."),
        ("없는 페이지", "어디로도 가지 않는 주소에서는 돌아갈 길을 알려 줘요."),
    ),
)
LEARN = (
    Shown(
        "learn",
        ("The path", "Labs and incidents in the order of the notes: what is done, what comes next, nothing locked."),
        ("학습 길", "노트의 차례를 따르는 실습과 장애예요. 한 것과 다음 것이 보이고, 잠긴 것은 없어요."),
        (("dark", WIDE), ("light", NARROW)),
    ),
    Shown(
        "lesson",
        ("A lab", "Steps beside the live picture; checks tick by themselves, one predicts before it happens."),
        ("실습", "살아 있는 그림 옆에 단계가 있어요. 확인 항목은 저절로 체크되고, 일어나기 전에 예상해요."),
    ),
    Shown(
        "sheet",
        ("The reference sheet", "What is done, to look things up in: before, after, and the commands."),
        ("요약 노트", "마친 것을 찾아보는 곳이에요. 전과 후의 그림, 사용한 명령이 있어요."),
    ),
    Shown(
        "predict",
        ("Predict first", "Mark what ends, put ghosts where new tasks will stand; then it is done for real."),
        ("먼저 예상하기", "끝날 태스크에 표시하고 새 태스크의 자리를 그려요. 그다음 정말로 실행해요."),
    ),
    Shown(
        "predictions",
        ("Predictions", "What was expected beside what happened, and what one wrote about it."),
        ("예상 기록", "예상한 것과 일어난 것, 그리고 스스로 적은 설명이에요."),
    ),
    Shown(
        "scheduler-game",
        ("Be the scheduler", "Keep three running by hand through a script of failures; then the real one does."),
        ("스케줄러 되어 보기", "정해진 장애 속에서 손으로 세 개를 유지해 봐요. 그다음 진짜 스케줄러가 해요."),
    ),
    Shown(
        "scenes",
        ("Scenes", "Scripts for a class, one a chapter of the notes, played on a live cluster."),
        ("장면", "노트의 장마다 하나씩, 살아 있는 클러스터에서 펼쳐지는 수업용 대본이에요."),
    ),
    Shown(
        "scene",
        ("A scene", "The live picture, a caption, and the keys of whoever presents: play, next, back to start."),
        ("장면 하나", "살아 있는 그림과 자막, 그리고 발표하는 사람의 키예요. 재생, 다음, 처음으로."),
        (("projector", WIDE),),
    ),
    Shown(
        "take-to-aws",
        (
            "Take it to AWS",
            "The learner's work as a script and a CloudFormation template, with teardown and cost.",
        ),
        (
            "AWS로 가져가기",
            "해 본 것을 스크립트와 CloudFormation 템플릿으로 내려받아요. 정리와 비용도 담겨 있어요.",
        ),
    ),
    Shown(
        "differs",
        ("Differs from AWS", "Every deliberate departure, and why."),
        ("AWS와 다른 점", "일부러 다르게 한 것과 그 까닭이에요."),
    ),
)
# Chapters of the page of documentation, in its order.
CHAPTERS: tuple[tuple[str, str, tuple[Shown, ...]], ...] = (
    ("The cluster", "클러스터", CLUSTER),
    ("Panels", "패널", PANELS),
    ("Things", "사물", THINGS),
    ("Task definitions", "태스크 디피니션", DEFINITIONS),
    ("Forms", "폼", FORMS),
    ("Learn", "학습", LEARN),
    ("And the rest", "그 밖에", REST),
)
