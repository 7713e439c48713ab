"""Binds every port to a Linux bridge on its host, without an agent there: nova-compute plugs it, and that is all."""
from neutron.db.models import port_forwarding  # noqa: F401  Ports are read with them; who has no plugin for it imports none.
from neutron_lib import constants
from neutron_lib.api.definitions import portbindings
from neutron_lib.plugins.ml2 import api
from sqlalchemy import orm


class BridgeWithoutAgent(api.MechanismDriver):
    def initialize(self):
        orm.configure_mappers()

    @property
    def connectivity(self):
        return portbindings.CONNECTIVITY_L2

    def bind_port(self, context):
        segment = context.segments_to_bind[0]
        context.set_binding(segment[api.ID], portbindings.VIF_TYPE_BRIDGE, {portbindings.CAP_PORT_FILTER: False},
                            status=constants.PORT_STATUS_ACTIVE)
