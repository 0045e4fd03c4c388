"""What the rights editor lists: kinds of records with levels, and switches by tab and group.

Facts 2.3 (S34, S38, S39, and labels in S15): the best reconstruction there is. Which actions a tool has beyond the
named ones, and how tools are grouped inside a tab, is [inf].
"""

from typing import Literal

Tab = Literal["CRM", "Marketing", "Sales", "Service", "Reports", "Account"]
APP_MARKETPLACE_ACCESS = "app_marketplace_access"

OBJECTS = {
    "contacts": "Contacts",
    "companies": "Companies",
    "deals": "Deals",
    "tickets": "Tickets",
    "tasks": "Tasks",
    "calls": "Calls",
    "notes": "Notes",
    "emails": "CRM emails",
    "meetings": "Meetings",
    "invoices": "Invoices",
    "custom_objects": "Custom objects",
}

SWITCHES: tuple[tuple[Tab, str, dict[str, str]], ...] = (
    (
        "CRM",
        "CRM tools",
        {
            "bulk_delete": "Bulk delete",
            "import": "Import",
            "export": "Export",
            "export.without_approval": "Export without approval",
            "export.approve": "Approve exports",
            "workflows.view": "Workflows > View",
            "workflows.edit": "Workflows > Edit",
            "workflows.delete": "Workflows > Delete",
            "property_settings": "Edit property settings",
            "custom_views": "Create custom views",
            "data_quality": "Data quality tools access",
        },
    ),
    ("Marketing", "Marketing access", {"marketing.access": "Marketing access"}),
    (
        "Marketing",
        "Lists, forms and files",
        {
            "lists.view": "Lists > View",
            "lists.edit": "Lists > Edit",
            "forms.view": "Forms > View",
            "forms.edit": "Forms > Edit",
            "forms.publish": "Forms > Publish",
            "files.view": "Files > View",
            "files.edit": "Files > Edit",
            "files.delete": "Files > Delete",
        },
    ),
    (
        "Marketing",
        "Marketing tools",
        {
            "marketing_email.view": "Marketing email > View",
            "marketing_email.edit": "Marketing email > Edit",
            "marketing_email.publish": "Marketing email > Publish",
            "campaigns.view": "Campaigns > View",
            "campaigns.edit": "Campaigns > Edit",
            "ads.view": "Ads > View",
            "ads.publish": "Ads > Publish",
            "social.view": "Social > View",
            "social.publish": "Social > Publish",
            "ctas.view": "CTAs > View",
            "ctas.edit": "CTAs > Edit",
        },
    ),
    (
        "Marketing",
        "Website tools",
        {
            "website_pages.view": "Website pages > View",
            "website_pages.edit": "Website pages > Edit",
            "website_pages.publish": "Website pages > Publish",
            "landing_pages.view": "Landing pages > View",
            "landing_pages.edit": "Landing pages > Edit",
            "landing_pages.publish": "Landing pages > Publish",
            "blog.view": "Blog > View",
            "blog.edit": "Blog > Edit",
            "blog.publish": "Blog > Publish",
            "design_tools.view": "Design tools > View",
            "design_tools.edit": "Design tools > Edit",
            "url_redirects.view": "URL Redirects > View",
            "url_redirects.publish": "URL Redirects > Publish",
            "hubdb.view": "HubDB > View",
            "hubdb.edit": "HubDB > Edit",
        },
    ),
    (
        "Sales",
        "Sales tools",
        {
            "sales.access": "Sales access",
            "email_writer": "Email Writer",
            "templates.edit": "Templates > Edit",
            "sequences.edit": "Sequences > Edit",
            "meeting_pages.edit": "Meeting pages > Edit",
            "forecast.view": "Forecast > View",
            "playbooks.view": "Playbooks > View",
            "playbooks.edit": "Playbooks > Edit",
            "workspace.view_others": "View another user's workspace",
        },
    ),
    (
        "Sales",
        "Commerce",
        {
            "products.edit": "Products > Edit",
            "line_items.custom": "Create custom line items",
            "quotes.view": "Quotes > View",
            "quotes.edit": "Quotes > Edit",
            "quote_templates.edit": "Quote templates > Edit",
            "payment_links.edit": "Payment links > Edit",
        },
    ),
    ("Service", "Service access", {"service.access": "Service access"}),
    (
        "Service",
        "Service tools",
        {
            "inbox.access": "Inbox and help desk",
            "knowledge_base.view": "Knowledge base articles > View",
            "knowledge_base.edit": "Knowledge base articles > Edit",
            "knowledge_base.publish": "Knowledge base articles > Publish",
            "knowledge_base.settings": "Knowledge base settings",
            "feedback_surveys.view": "Feedback surveys > View",
            "feedback_surveys.edit": "Feedback surveys > Edit",
        },
    ),
    (
        "Reports",
        "Reporting",
        {
            "reports.access": "Reporting access",
            "reports.edit": "Create and edit reports",
            "dashboards.edit": "Create and own dashboards",
        },
    ),
    (
        "Account",
        "Settings access",
        {
            APP_MARKETPLACE_ACCESS: "App Marketplace access",
            "app_marketplace_uninstall": "App Marketplace Uninstall access",
            "developer_tools": "Developer tools access",
            "account_defaults": "Edit account defaults",
            "account_access": "Account Access",
        },
    ),
    (
        "Account",
        "User and account access",
        {
            "users.edit": "Add and edit users",
            "teams.edit": "Add and edit teams",
            "billing.modify": "Modify billing",
        },
    ),
)
