"""Turns a conversation into the text that the model reads."""

from jinja2 import Template

from conversations import Turn

CHAT = Template(
    "{% for turn in turns %}<|im_start|>{{ turn.role }}\n{{ turn.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n",
    keep_trailing_newline=True,
)


def render(turns: list[Turn]) -> str:
    return str(CHAT.render(turns=turns))
