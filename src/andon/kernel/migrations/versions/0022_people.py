"""People, where they belong, and by what they are known. New tables alone: the version before goes on beside them."""

from alembic import context, op

from andon.kernel.roles import APP, LINE, role_name

revision = "0022"
down_revision = "0019"

STATEMENTS = (
    "create sequence user_ids",
    "create sequence session_ids",
    "create sequence person_invitation_ids",
    """create table users (
    user_id bigint not null,
    email text not null,
    name text not null,
    locale text not null,
    password_hash text not null,
    made_at timestamp with time zone not null,
    totp_sealed bytea,
    totp_since timestamp with time zone,
    totp_step bigint,
    constraint pk_users primary key (user_id),
    constraint uq_users_email unique (email)
)""",
    """create table memberships (
    party text not null,
    party_id text not null,
    user_id bigint not null,
    role text not null,
    since timestamp with time zone not null,
    constraint pk_memberships primary key (party, party_id, user_id),
    constraint fk_memberships_user_id foreign key (user_id) references users (user_id) on delete cascade
)""",
    "create index ix_memberships_user_id on memberships (user_id)",
    """create table sessions (
    session_id bigint not null,
    user_id bigint not null,
    token_hash bytea not null,
    replaced_hash bytea,
    made_at timestamp with time zone not null,
    seen_at timestamp with time zone not null,
    ends_at timestamp with time zone not null,
    address text not null,
    agent text not null,
    constraint pk_sessions primary key (session_id),
    constraint uq_sessions_token_hash unique (token_hash),
    constraint uq_sessions_replaced_hash unique (replaced_hash),
    constraint fk_sessions_user_id foreign key (user_id) references users (user_id) on delete cascade
)""",
    "create index ix_sessions_user_id on sessions (user_id)",
    """create table recovery_codes (
    user_id bigint not null,
    code_hash bytea not null,
    constraint pk_recovery_codes primary key (user_id, code_hash),
    constraint fk_recovery_codes_user_id foreign key (user_id) references users (user_id) on delete cascade
)""",
    """create table person_invitations (
    invitation_id bigint not null,
    token_hash bytea not null,
    party text not null,
    party_id text not null,
    role text not null,
    email text,
    locale text not null,
    invited_by text not null,
    made_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    constraint pk_person_invitations primary key (invitation_id),
    constraint uq_person_invitations_token_hash unique (token_hash)
)""",
    "create index ix_person_invitations_party on person_invitations (party, party_id)",
    """create table password_resets (
    token_hash bytea not null,
    user_id bigint not null,
    expires_at timestamp with time zone not null,
    constraint pk_password_resets primary key (token_hash),
    constraint fk_password_resets_user_id foreign key (user_id) references users (user_id) on delete cascade
)""",
    "create index ix_password_resets_user_id on password_resets (user_id)",
    """create table sign_in_tries (
    key_hash bytea not null,
    failures integer not null,
    free_at timestamp with time zone not null,
    forget_at timestamp with time zone not null,
    constraint pk_sign_in_tries primary key (key_hash)
)""",
    "create index ix_sign_in_tries_forget_at on sign_in_tries (forget_at)",
    "grant usage, select on sequence user_ids, session_ids, person_invitation_ids to {app}, {line}",
    "grant select, insert, update, delete on users, memberships, sessions, recovery_codes to {app}, {line}",
    "grant select, insert, update, delete on person_invitations, password_resets, sign_in_tries to {app}, {line}",
)


def upgrade() -> None:
    """Make the tables."""
    quoted = op.get_bind().dialect.identifier_preparer.quote_identifier
    prefix = context.config.attributes["prefix"]
    app, line = (quoted(role_name(prefix, login)) for login in (APP, LINE))
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("{app}", app).replace("{line}", line))
