"""The options of each transform that has some."""

from typing import Annotated
from zoneinfo import ZoneInfo

import phonenumbers
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

FieldName = Annotated[str, StringConstraints(min_length=1)]


class NoOptions(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PhoneOptions(NoOptions):
    """`default_country` counts where the card has no country."""

    default_country: str = "JP"

    @field_validator("default_country")
    @classmethod
    def check_country(cls, value: str) -> str:
        if value not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError("not a two-letter country code")
        return value


class JoinOptions(NoOptions):
    """`fields` are appended, in this order, to the value so far; empty ones leave no separator behind."""

    fields: tuple[FieldName, ...] = ()
    separator: str = " "


class SplitOptions(NoOptions):
    """`part` counts from 1, or from the end with -1. A separator of spaces stands for any run of white space."""

    part: int = Field(default=1, strict=True)
    separator: str = Field(default=" ", min_length=1)

    @field_validator("part")
    @classmethod
    def check_part(cls, value: int) -> int:
        if value == 0:
            raise ValueError("counts from 1 (first) or -1 (last)")
        return value


class OptionMapOptions(NoOptions):
    """`options` maps what the card says to what is written; `otherwise` stands for all the rest.

    Without `otherwise` an unlisted value is refused; with an empty one it is left out.
    """

    options: dict[str, str] = Field(min_length=1)
    otherwise: str | None = None


class DateOptions(NoOptions):
    """`time_zone` decides on which day a moment falls."""

    time_zone: str = "Asia/Tokyo"

    @field_validator("time_zone")
    @classmethod
    def check_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("not an IANA time zone") from error
        return value


class TruncateOptions(NoOptions):
    """`length` in characters."""

    length: int = Field(gt=0, strict=True)


class ConstantOptions(NoOptions):
    value: str
