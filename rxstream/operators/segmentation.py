"""Operators that cut text where readers would."""

from __future__ import annotations

from rxstream.reactive import IterableOperator, lift
from rxstream.segmentation import LineSegmenter, SentenceSegmenter, WordSegmenter
from rxstream.segmentation.classes import sentence_classes, word_classes

__all__ = ["lines", "sentences", "words"]


def words() -> IterableOperator[str, str]:
    """Emit whole words, each with the space and punctuation around it.

    ::

        --"Don't pa"--"nic (yet)!"---------------|
        [                words()                 ]
        --"Don't "----"panic "-------"(yet)!"----|

    To be put after :func:`text_deltas`. Joined, the words are the text, and they do not depend on how it came in
    pieces. What is a word is said by Unicode (UAX #29); punctuation and white space go with the word before them,
    opening brackets and quotation marks with the one after. White space at the beginning of the text is emitted alone.

    A word is emitted when the next one begins, or at the end. Chinese and Hiragana, which put no space between words,
    come character by character; so do Thai, Lao, Khmer and Burmese, for which one would need a dictionary.

    Keeps: the word that is not yet whole.

    Returns:
        An operator from pieces of text to ``str``, never empty.

    Raises:
        MissingExtraError: The extra ``text`` is not installed.

    Errors:
        TypeError: an item is no text, such as an event. Those of the source pass unchanged, after what was
        held back.

    Example:
        >>> from rxstream import collect_now
        >>> collect_now(words(), ["Don't pa", "nic (yet)!"])
        ["Don't ", 'panic ', '(yet)!']
    """
    word_classes()  # here, so that a missing extra is told at the call
    return lift(WordSegmenter)


def sentences() -> IterableOperator[str, str]:
    """Emit whole sentences, each with the white space after it.

    ::

        --"It costs 3."--"5 euros. W"---------"ow!"----|
        [                 sentences()                  ]
        -----------------"It costs 3.5 euros. "-"Wow!"-|

    To be put after :func:`text_deltas`. Joined, the sentences are the text, and they do not depend on how it came in
    pieces. What is a sentence is said by Unicode (UAX #29), which knows no abbreviations: ``Dr. Smith`` are two, but
    ``etc. of`` is none, for a small letter follows. The end of a line, too, ends a sentence.

    A sentence is emitted when the next one begins, or at the end. After a full stop that may be as late as the next
    letter.

    Keeps: the sentence that is not yet whole.

    Returns:
        An operator from pieces of text to ``str``, never empty.

    Raises:
        MissingExtraError: The extra ``text`` is not installed.

    Errors:
        TypeError: an item is no text, such as an event. Those of the source pass unchanged, after what was
        held back.

    Example:
        >>> from rxstream import collect_now
        >>> collect_now(sentences(), ["It costs 3.", "5 euros. W", "ow!"])
        ['It costs 3.5 euros. ', 'Wow!']
    """
    sentence_classes()  # here, so that a missing extra is told at the call
    return lift(SentenceSegmenter)


def lines() -> IterableOperator[str, str]:
    """Emit whole lines, each with its end.

    ::

        --"To be,"--"\\nor not"---------------|
        [               lines()              ]
        ------------"To be,\\n"-----"or not"--|

    To be put after :func:`text_deltas`. Lines end in ``\\n``, ``\\r\\n`` or ``\\r``, and keep their ends, as those of a
    file do: joined, they are the text, and they do not depend on how it came in pieces. A ``\\r`` waits for what
    follows it.

    Keeps: the line that is not yet whole.

    Returns:
        An operator from pieces of text to ``str``, never empty.

    Errors:
        TypeError: an item is no text, such as an event. Those of the source pass unchanged, after what was
        held back.

    Example:
        >>> from rxstream import collect_now
        >>> collect_now(lines(), ["To be,", "\\nor not"])
        ['To be,\\n', 'or not']
    """
    return lift(LineSegmenter)
