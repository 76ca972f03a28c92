"""The form of a new client."""

from wtforms import HiddenField, SelectField

from coordination.api import clients, webhooks
from coordination.forms import Form, Line, SomeOf, choices
from models import ApiScope


class ClientForm(Form):
    """接口账号; the units to choose from are set by the route."""

    name = Line("名称", most=clients.MOST_NAME)
    unit = SelectField("负责单位", coerce=int, invalid_choice_message="请重新选择负责单位", invalid_value_message="请选择负责单位")
    scopes = SomeOf("可办的事", required=True, choices=choices((scope.value, scope.label) for scope in ApiScope))
    webhook_url = Line("通知地址", most=webhooks.MOST_URL, required=False)


class AddressForm(Form):
    """Another address for one client; ``seen`` is the one that stood there when the page was opened."""

    webhook_url = Line("通知地址", most=webhooks.MOST_URL, required=False)
    seen = HiddenField()


class ActForm(Form):
    """One click on a client."""

    client = HiddenField()
