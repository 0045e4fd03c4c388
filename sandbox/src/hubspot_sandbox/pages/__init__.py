"""What a person sees: log in, Contacts, records, consent, Users & Teams, Connected Apps. Server-rendered.

    routes.py       the one list that `app` mounts
    visitor.py      who is looking, in which account          forms.py   posted fields, checked
    render.py       templates, headers, redirects             errors.py  refusals as pages
    login.py home.py contacts.py record.py consent.py users.py permissions.py connected_apps.py
    viewing.py      which records a person may see            timeline.py, notes.py  how calls are shown

Templates and static files stand beside; nothing is inline, so the Content-Security-Policy can be strict.
"""
