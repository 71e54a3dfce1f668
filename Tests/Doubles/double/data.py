"""x"""


def mend_moto() -> None:
    pass
