"""Groups of commands as users of ``det`` know them: aliases, a verb by default, ``help``, shortened options."""

from __future__ import annotations

import importlib
from typing import Any, Dict, List, Mapping, Optional, Tuple

import click


class CommandFailed(Exception):
    """A command could not do what it is for.

    Attributes:
        doing: what it was to do, in a few words.
        error: why it could not.
    """

    def __init__(self, doing: str, error: Exception) -> None:
        super().__init__(f"Failed to {doing}: {error}")
        self.doing, self.error = doing, error


class Command(click.Command):
    """A command whose long options may be shortened to any unique prefix."""

    def parse_args(self, context: click.Context, args: List[str]) -> List[str]:
        return super().parse_args(context, _complete_options(self, context, args))

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            doing = self.get_short_help_str(limit=200).rstrip(".").partition(";")[0]
            raise CommandFailed(doing[:1].lower() + doing[1:], error) from error


class Group(click.Group):
    """A group with aliases, and perhaps a verb that is meant when none is given."""

    command_class = Command

    def __init__(self, *args: Any, default_verb: Optional[str] = None, **kwargs: Any) -> None:
        """See `click.Group`.

        Parameters:
            default_verb: the verb that runs when none is given; None prints the help.
        """
        super().__init__(*args, **kwargs)
        self._aliases: Dict[str, str] = {}
        self._default_verb = default_verb
        self.add_command(click.Command("help", callback=self._show_help, help="show this help message"))

    def add_alias(self, name: str, *aliases: str) -> None:
        """Let a verb be called by other names, too."""
        self._aliases.update(dict.fromkeys(aliases, name))

    def get_command(self, context: click.Context, name: str) -> Optional[click.Command]:
        return super().get_command(context, self._aliases.get(name, name))

    def parse_args(self, context: click.Context, args: List[str]) -> List[str]:
        return super().parse_args(context, args or ([self._default_verb] if self._default_verb else []))

    @staticmethod
    def _show_help() -> None:
        parent = click.get_current_context().parent
        if parent is not None:
            click.echo(parent.get_help())


class LazyGroup(Group):
    """The root: nouns whose modules are imported when they are used."""

    def __init__(self, *args: Any, nouns: Mapping[str, Tuple[str, Tuple[str, ...], str]], **kwargs: Any) -> None:
        """See `click.Group`.

        Parameters:
            nouns: each noun's place ("module:name"), aliases and short help.
        """
        super().__init__(*args, **kwargs)
        self._nouns = nouns
        for name, (_, aliases, _) in nouns.items():
            self.add_alias(name, *aliases)

    def list_commands(self, context: click.Context) -> List[str]:
        return sorted(self._nouns)

    def get_command(self, context: click.Context, name: str) -> Optional[click.Command]:
        name = self._aliases.get(name, name)
        if name not in self._nouns:
            return super().get_command(context, name)
        module, _, attribute = self._nouns[name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        rows = []
        for name, (_, aliases, text) in sorted(self._nouns.items()):
            rows.append((f"{name} ({', '.join(aliases)})" if aliases else name, text))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _complete_options(command: click.Command, context: click.Context, args: List[str]) -> List[str]:
    known = [o for p in command.get_params(context) for o in (*p.opts, *p.secondary_opts) if o.startswith("--")]
    completed: List[str] = []
    for position, arg in enumerate(args):
        if arg == "--":
            return completed + args[position:]
        name, equals, value = arg.partition("=")
        if name.startswith("--") and name not in known:
            matches = [o for o in known if o.startswith(name)]
            if len(matches) == 1:
                name = matches[0]
            elif len(matches) > 1:
                raise click.UsageError(f"{name} could be any of {', '.join(sorted(matches))}", context)
        completed.append(name + equals + value)
    return completed
