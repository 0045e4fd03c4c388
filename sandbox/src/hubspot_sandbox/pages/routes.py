"""All pages in one router, for `app`. They find the portal in the application's state."""

from litestar import Router
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ControllerRouterHandler

from hubspot_sandbox.pages import (
    connected_apps,
    consent,
    errors,
    home,
    lists,
    login,
    permission_sets,
    permissions,
    record,
    recordings,
    teams,
    users,
    writing,
)
from hubspot_sandbox.pages.approvals import HANDLERS as APPROVALS
from hubspot_sandbox.pages.calling import HANDLERS as CALLING
from hubspot_sandbox.pages.developer import HANDLERS as DEVELOPER
from hubspot_sandbox.pages.forms import MAX_BYTES, provide_form
from hubspot_sandbox.pages.static_files import static_file
from hubspot_sandbox.pages.visitor import LogInFirst, NoSuchAccount, provide_member, provide_portal, provide_visitor

HANDLERS: list[ControllerRouterHandler] = [
    static_file,
    home.home,
    home.account_home,
    login.log_in_page,
    login.log_in,
    login.log_out,
    lists.record_list,
    record.record_page,
    consent.choose_account,
    consent.consent_page,
    consent.decide,
    consent.request_approval,
    *APPROVALS,
    *DEVELOPER,
    *CALLING,
    writing.new_page,
    writing.create,
    writing.edit_page,
    writing.save,
    users.users_page,
    users.make_super_admin_page,
    users.make_super_admin,
    users.remove_super_admin_page,
    users.remove_super_admin,
    permissions.permissions_page,
    permissions.save_permissions,
    permissions.assign_page,
    permissions.assign,
    users.deactivate_page,
    users.deactivate,
    permission_sets.sets_page,
    permission_sets.new_set_page,
    permission_sets.create_set,
    permission_sets.set_page,
    permission_sets.save_set,
    permission_sets.clone_page,
    permission_sets.delete_page,
    permission_sets.delete_set,
    teams.teams_page,
    teams.new_team_page,
    teams.create_team,
    teams.team_page,
    teams.save_team,
    recordings.recording,
    connected_apps.connected_apps,
    connected_apps.uninstall_page,
    connected_apps.uninstall,
]

routes: list[ControllerRouterHandler] = [
    Router(
        "/",
        route_handlers=HANDLERS,
        dependencies={
            "portal": Provide(provide_portal),
            "visitor": Provide(provide_visitor),
            "member": Provide(provide_member),
            "manager": Provide(users.provide_manager),
            "subject": Provide(users.provide_subject),
            "permission_set": Provide(permission_sets.provide_permission_set),
            "team_manager": Provide(teams.provide_team_manager),
            "team": Provide(teams.provide_team),
            "form": Provide(provide_form),
        },
        exception_handlers={
            errors.PageProblem: errors.on_page_problem,
            LogInFirst: errors.on_log_in_first,
            NoSuchAccount: errors.on_no_such_account,
            HTTPException: errors.on_http_exception,
            Exception: errors.on_error,
        },
        request_max_body_size=MAX_BYTES,
    )
]
