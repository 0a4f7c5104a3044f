"""The lessons' door for `lab.predict`, `recall`, `check`, `hint`, `solution`: each answers with something to display.

None of them raises: a notebook that is run from top to bottom, unanswered, reaches its end.
"""

import difflib
import importlib
import json
from typing import Any

from kubelab import cluster
from kubelab.api.meta import Obj
from kubelab.kubectl import kubectl
from kubelab.lessons import cards, checks, diary, facts, faults, lesson, progress, scene, shelf, verdicts, words


def predict(lab: Any, id: str) -> Any:
    """Shows a question with its choices and keeps the guess."""
    question = shelf.question(id)
    if question is None:
        return _unknown(lab, id)
    card = question_card(question, lab.lang)
    try:
        panel = importlib.import_module("kubelab.widgets.question")
    except ImportError:  # without ipywidgets the question can still be read
        return card
    return panel.Question(
        id,
        card.prompt(),
        [cards.bare(choice) for choice in card.items],
        say=_words(lab.lang),
        guesses=progress.Guesses(diary.DIARY.guesses),
        bundle=card._repr_mimebundle_(),
    )


def recall(lab: Any, id: str) -> cards.Card:
    """Shows the guess beside what happened, and why."""
    question = shelf.question(id)
    if question is None:
        return _unknown(lab, id)
    say = _words(lab.lang)
    try:
        fact = facts.FACTS[id](look_at(lab)) if id in facts.FACTS else {}
    except Exception as error:  # a card for whatever the cluster's state may be
        return cards.Card(say("recall"), (say("trouble", error=error),))
    if fact is None:
        return cards.Card(say("recall"), (say("not_happened"),))
    choices, guess = question.choices[lab.lang], progress.Guesses(diary.DIARY.guesses).get(id)
    lines = [
        f"**{say('guess')}**: {say('no_guess') if guess is None else choices[guess]}",
        f"**{say('happened')}**: {choices[question.answer]}",
    ]
    if guess is not None:
        lines.append(say("right" if guess == question.answer else "surprise"))
    lines.append(f"**{say('why')}**: {_fill(question.after[lab.lang], fact)}")
    return cards.Card(say("recall"), tuple(lines))


def check(lab: Any, id: str, *answer: Any) -> cards.Card:
    """Looks at the lab's objects and traffic and says how far the exercise is."""
    exercise = shelf.exercise(id)
    if exercise is None or id not in checks.CHECKS:
        return _unknown(lab, id)
    say = _words(lab.lang)
    try:
        verdict = checks.CHECKS[id](look_at(lab))
    except Exception as error:  # a check never stops a notebook
        return cards.Card(say("untried"), (say("trouble", error=error),), tone=verdicts.UNTRIED)
    progress.note(id, state=verdict.state)
    lines = [say(verdict.key, **verdict.values)]
    if verdict.state == verdicts.DONE:
        lines.append(exercise.after[lab.lang])
    hints = exercise.hints[lab.lang] if verdict.state != verdicts.DONE else ()
    folds = tuple((say("hint", n=n, of=len(hints)), text) for n, text in enumerate(hints, 1))
    return cards.Card(say(verdict.state), tuple(lines), folds=folds, tone=verdict.state)


def fault(lab: Any, id: str) -> cards.Card:
    """Lays a fault out in a fresh cluster; whatever was there before is gone (undo brings it back)."""
    broken = faults.FAULTS.get(id)
    if broken is None:
        return _unknown(lab, id)
    real: cluster.Cluster = lab.cluster
    real.restore(cluster.Cluster(real.seed, workers=real.workers).snapshot())
    tool = kubectl.Kubectl(real)
    for each in broken.objects:
        tool.run(["create", "-f", "-"], stdin=json.dumps(each))
        real.settle()
    real.clock.run_for(faults.SINCE)
    return cards.Card(words.say(lab.lang, "fault_ready", id=id))


def hint(lab: Any, id: str) -> cards.Card:
    """The next hint of an exercise; the last one again when there are no more."""
    exercise = shelf.exercise(id)
    if exercise is None:
        return _unknown(lab, id)
    say, hints = _words(lab.lang), exercise.hints[lab.lang]
    number = min(diary.DIARY.hints.get(id, 0) + 1, len(hints))
    diary.DIARY.hints[id] = number
    progress.note(id, hints=number)
    lines = [hints[number - 1]]
    if number == len(hints):
        lines.append(say("last_hint", id=id))
    return cards.Card(say("hint", n=number, of=len(hints)), tuple(lines))


def solution(lab: Any, id: str) -> cards.Card:
    """An exercise's solution, and the same in a new cell where there is a notebook."""
    exercise = shelf.exercise(id)
    if exercise is None:
        return _unknown(lab, id)
    say = _words(lab.lang)
    progress.note(id, solution=True)
    if _place(exercise.solution):
        return cards.Card(say("solution"), (say("solution_placed"),))
    return cards.Card(say("solution"), code=exercise.solution)


def question_card(question: lesson.Question, lang: str) -> cards.Card:
    """A question as text: the prompt and the numbered choices."""
    return cards.Card(words.say(lang, "predict"), (question.prompt[lang],), question.choices[lang])


def look_at(lab: Any) -> scene.Scene:
    """One look at a lab's cluster; requests and programs run in a copy of it."""
    real: cluster.Cluster = lab.cluster
    lab.settle()

    def twin() -> cluster.Cluster:
        made = cluster.Cluster(real.seed, workers=real.workers, boot=False)
        made.restore(real.snapshot())
        return made

    def send(service: str, requests: int, clients: int, *, forget: bool = False, **options: Any) -> scene.Traffic:
        copied = twin().network
        if forget:
            copied.use("iptables")
        traffic: scene.Traffic = copied.traffic(service, requests=requests, clients=clients, **options)
        return traffic

    def run(pod: Obj, argv: list[str], *, after: int = 0) -> str:
        container, made = pod["spec"]["containers"][0]["name"], twin()
        made.clock.run_for(after)
        return str(made.exec(pod, container, argv).stdout)

    return scene.Scene(real.store, send, run)


def _words(lang: str) -> Any:
    return lambda key, **values: words.say(lang, key, **values)


def _fill(text: str, fact: facts.Fact) -> str:
    for key, value in fact.items():
        text = text.replace("{" + key + "}", str(value))
    return text


def _place(text: str) -> bool:
    """Puts the text into a new cell below, if this is a notebook."""
    try:
        shell = importlib.import_module("IPython").get_ipython()
    except ImportError:
        return False
    if shell is None or not hasattr(shell, "kernel"):
        return False
    shell.set_next_input(text)
    return True


def _unknown(lab: Any, id: str) -> cards.Card:
    if not isinstance(id, str):
        return cards.Card(words.say(lab.lang, "id_is_text"))
    near = difflib.get_close_matches(id, shelf.ids(), 3, 0.3) or shelf.ids()[:3]
    return cards.Card(words.say(lab.lang, "unknown_id", id=id, near=", ".join(near)))
