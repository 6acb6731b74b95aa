"""Walks over tokens for the parser: what comes next, what must come, and where a name ends.

A FEEL name may hold spaces and even operators. A known name is taken at its longest; else neighbouring
words that are no keywords make one name, because two names can never stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import Token, syntax_error, tokenize
from engine.feel.limits import MAX_NESTING
from engine.feel.syntax import TypeNode

KEYWORDS = frozenset(
    {"and", "or", "in", "between", "instance", "then", "else", "return", "satisfies"}
    | {"if", "for", "some", "every", "function", "true", "false", "null"}
)

TYPE_NAMES = (
    "date and time",
    "days and time duration",
    "years and months duration",
    "day time duration",
    "year month duration",
    "number",
    "string",
    "boolean",
    "date",
    "time",
    "list",
    "context",
    "range",
    "function",
    "any",
    "null",
)

_CAPITALS = {"any": "Any", "null": "Null"}

KnownNames = dict[str, list[tuple[tuple[str, ...], str]]]


def index_names(names: Iterable[str]) -> KnownNames:
    """Names of several tokens by their first token, longest first."""
    known: KnownNames = {}
    for name in names:
        if name.isidentifier():
            continue
        try:
            words = tuple(token.text for token in tokenize(name)[:-1])
        except FeelSyntaxError:
            continue
        if len(words) > 1:
            known.setdefault(words[0], []).append((words, name))
    for candidates in known.values():
        candidates.sort(key=lambda candidate: -len(candidate[0]))
    return known


class Reader:
    """A position in the tokens of one text, with the names known at that position.

    The first level of known names are the built-in functions, which count only before a parenthesis.
    """

    def __init__(self, text: str, known: Iterable[KnownNames], own_types: frozenset[str] = frozenset()) -> None:
        self.text = text
        self.own_types = own_types
        self.tokens = tokenize(text)
        self.position = 0
        self.known = list(known)
        self.keys: KnownNames = {}
        self.nesting = 0
        self.in_range = False

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.position]

    def peek(self, ahead: int = 1) -> Token:
        """A later token; the end token beyond the end."""
        return self.tokens[min(self.position + ahead, len(self.tokens) - 1)]

    def advance(self) -> Token:
        """Take the next token."""
        token = self.tokens[self.position]
        if token.kind != "end":
            self.position += 1
        return token

    def sign(self, text: str) -> bool:
        """Whether the next token is this sign."""
        token = self.token
        return token.kind == "sign" and token.text == text

    def word(self, text: str) -> bool:
        """Whether the next token is this word."""
        token = self.token
        return token.kind == "word" and token.text == text

    def accept(self, text: str) -> bool:
        """Take the next token if it is this sign or word."""
        token = self.token
        if token.text == text and token.kind in ("sign", "word"):
            self.position += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        """Take the next token, which must be this sign or word."""
        token = self.token
        if token.text != text or token.kind not in ("sign", "word"):
            raise self.unexpected(text)
        return self.advance()

    def fail(self, code: str, offset: int | None = None, **params: object) -> FeelSyntaxError:
        """An error at an offset, or at the next token."""
        return syntax_error(self.text, self.token.start if offset is None else offset, code, **params)

    def unexpected(self, expected: str = "") -> FeelSyntaxError:
        """The error that the next token does not fit."""
        if self.token.kind == "end":
            return self.fail("feel_unexpected_end", expected=expected)
        return self.fail("feel_unexpected_token", found=self.token.text[:40], expected=expected)

    def go_deeper(self) -> None:
        """Count one level of nesting; raises FeelSyntaxError when there are too many."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise self.fail("feel_nesting_limit", limit=MAX_NESTING)

    @contextmanager
    def knowing(self, names: Iterable[str]) -> Iterator[None]:
        """Within, these names of several words are known too."""
        self.known.append(index_names(names))
        yield
        self.known.pop()

    def learn(self, name: str) -> None:
        """From here to the end of the innermost ``knowing`` this name is known too."""
        for first, candidates in index_names((name,)).items():
            self.known[-1].setdefault(first, []).extend(candidates)

    def entry_name(self) -> str:
        """Take the name after a dot: the longest key of several tokens that the text has given a context."""
        for words, name in self.keys.get(self.token.text, ()):
            if self._starts_with(words):
                self.position += len(words)
                return name
        return self.name()

    def learn_key(self, name: str) -> None:
        """From here on this name may follow a dot."""
        for first, candidates in index_names((name,)).items():
            known = self.keys.setdefault(first, [])
            known.extend(candidates)
            known.sort(key=lambda candidate: -len(candidate[0]))

    def known_name(self) -> str | None:
        """Take the longest known name of several tokens that starts here."""
        best: tuple[tuple[str, ...], str] | None = None
        first = self.token.text
        for index, level in enumerate(self.known):
            for words, name in level.get(first, ()):
                if best is not None and len(words) <= len(best[0]):
                    continue
                called = index > 0 or self.peek(len(words)).text == "("
                if called and self._starts_with(words):
                    best = words, name
        if best is None:
            return None
        self.position += len(best[0])
        return best[1]

    def _starts_with(self, words: tuple[str, ...]) -> bool:
        end = self.position + len(words)
        return tuple(token.text for token in self.tokens[self.position : end]) == words

    def name(self) -> str:
        """Take a name: the longest known one, else all neighbouring words."""
        token = self.token
        if token.kind != "word":
            raise self.unexpected("name")
        known = self.known_name()
        if known is not None:
            return known
        if token.text in KEYWORDS:
            raise self.unexpected("name")
        words = [self.advance().text]
        while self.token.kind == "word" and self.token.text not in KEYWORDS:
            words.append(self.advance().text)
        return " ".join(words)

    def free_name(self, until: tuple[str, ...]) -> str:
        """Take all tokens before one of the signs or words as a new name, e.g. a key of a context."""
        first = self.token
        if first.kind != "word":
            raise self.unexpected("name")
        while self.token.kind in ("word", "number") or self.token.text in ("-", "+", "*", "/", ".", "'"):
            if self.token.text in until:
                break
            self.advance()
        last = self.tokens[self.position - 1]
        if last.end <= first.start or not until or self.token.text not in until:
            raise self.unexpected(until[0])
        return " ".join(self.text[first.start : last.end].split())

    def type(self) -> TypeNode:
        """Take a type, e.g. ``list<number>`` or ``context<a: string>``."""
        self.go_deeper()
        node = self._type()
        self.nesting -= 1
        return node

    def _type(self) -> TypeNode:
        start = self.token.start
        for words, own in index_names(self.own_types).get(self.token.text, ()):
            if self._starts_with(words):
                self.position += len(words)
                return TypeNode(own, own=True)
        for candidate in TYPE_NAMES:
            words = tuple(candidate.split())
            if self._starts_with(words) or self.word(_CAPITALS.get(candidate, candidate)):
                self.position += len(words)
                return self._type_arguments(candidate)
        found = self.name()
        if found in self.own_types:
            return TypeNode(found, own=True)
        raise self.fail("feel_unknown_type", start, found=found[:60])

    def _type_arguments(self, name: str) -> TypeNode:
        if name in ("list", "range") and self.accept("<"):
            element = self.type()
            self.expect(">")
            return TypeNode(name, element)
        if name == "context" and self.accept("<"):
            members: list[tuple[str, TypeNode]] = []
            while not members or self.accept(","):
                key = self.free_name((":",))
                self.expect(":")
                members.append((key, self.type()))
            self.expect(">")
            return TypeNode(name, None, tuple(members))
        if name == "function" and self.accept("<"):
            parameters = []
            while not self.sign(">"):
                parameters.append(("", self.type()))
                if not self.accept(","):
                    break
            self.expect(">")
            self.expect("->")
            return TypeNode(name, self.type(), tuple(parameters))
        return TypeNode(name)
