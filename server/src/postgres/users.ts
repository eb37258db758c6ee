// People who work here: made with a password, by the one-time set-up link or by someone who may. Sessions are
// better-auth's; this file never sees a plain password for longer than hashing takes.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { hashPassword } from 'better-auth/crypto';
import { insertAudit } from './audit.ts';
import { inTransaction } from './pool.ts';
import type { Connection, Pool, Queryable } from './pool.ts';

export type UserRole = 'owner' | 'admin' | 'marketer' | 'agent' | 'analyst' | 'developer';

export interface UserRow {
  readonly id: string;
  readonly workspace_id: string;
  readonly email: string;
  readonly name: string;
  readonly role: UserRole;
  readonly created_at: Date;
}

export interface NewUser {
  readonly id: string;
  readonly loginId: string;
  readonly auditId: string;
  readonly workspaceId: string;
  readonly email: string;
  readonly name: string;
  readonly role: UserRole;
  readonly password: string;
  readonly at: Date;
  readonly by: string | null;
}

export type CreateUserOutcome =
  | { readonly kind: 'made'; readonly user: UserRow }
  | { readonly kind: 'email_taken' };

export async function createUser(pool: Pool, user: NewUser): Promise<CreateUserOutcome> {
  const hash = await hashPassword(user.password);
  return inTransaction(pool, (connection) => insertUser(connection, user, hash));
}

export type SetupOutcome<T> =
  | { readonly kind: 'made'; readonly user: UserRow; readonly result: T }
  | { readonly kind: 'refused' };

const tokenKey = 'setup_token';

/** While no user exists: a fresh one-time token, stored as a hash; the one printed before stops working. Else null. */
export async function makeSetupToken(pool: Pool, now: () => number): Promise<string | null> {
  if (await hasUsers(pool)) return null;
  const token = randomBytes(24).toString('base64url');
  await pool.query(
    `insert into installation (key, value) values ($1, $2)
     on conflict (key) do update set value = excluded.value`,
    [tokenKey, JSON.stringify({ hash: hashToken(token).toString('hex'), at: new Date(now()).toISOString() })],
  );
  return token;
}

export async function hasUsers(db: Queryable): Promise<boolean> {
  const { rows } = await db.query('select 1 from users limit 1');
  return rows.length > 0;
}

/** Uses the token up and makes the owner, in one transaction: of two at the same moment one wins. */
export async function setupOwner<T>(
  pool: Pool,
  setup: { readonly token: string; readonly user: NewUser },
  work: (connection: Connection) => Promise<T>,
): Promise<SetupOutcome<T>> {
  // A look without the lock first: hashing a password is dear, and strangers may knock often.
  if (!(await isSetupToken(pool, setup.token, ''))) return { kind: 'refused' };
  const hash = await hashPassword(setup.user.password);
  return inTransaction(pool, async (connection) => {
    if (!(await isSetupToken(connection, setup.token, 'for update'))) return { kind: 'refused' };
    if (await hasUsers(connection)) return { kind: 'refused' };
    await connection.query('delete from installation where key = $1', [tokenKey]);
    const made = await insertUser(connection, setup.user, hash);
    if (made.kind === 'email_taken') return { kind: 'refused' };
    return { kind: 'made', user: made.user, result: await work(connection) };
  });
}

async function isSetupToken(db: Queryable, token: string, lock: '' | 'for update'): Promise<boolean> {
  const { rows } = await db.query<{ value: { hash: string } }>(
    `select value from installation where key = $1 ${lock}`,
    [tokenKey],
  );
  const [row] = rows;
  if (row === undefined) return false;
  return timingSafeEqual(Buffer.from(row.value.hash, 'hex'), hashToken(token));
}

export async function insertUser(
  connection: Connection,
  user: NewUser,
  passwordHash: string,
): Promise<CreateUserOutcome> {
  const email = user.email.trim().toLowerCase();
  // Whoever was shut out under this address cannot be let in again from now on.
  await connection.query('delete from users where email = $1 and removed_at is not null', [email]);
  const { rows } = await connection.query<UserRow>(
    `insert into users (id, workspace_id, email, name, role, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $6)
     on conflict (email) do nothing
     returning id, workspace_id, email, name, role, created_at`,
    [user.id, user.workspaceId, email, user.name, user.role, user.at],
  );
  const [row] = rows;
  if (row === undefined) return { kind: 'email_taken' };
  await connection.query(
    `insert into user_logins (id, user_id, account_id, provider_id, password, created_at, updated_at)
     values ($1, $2::uuid, $2::uuid::text, 'credential', $3, $4, $4)`,
    [user.loginId, user.id, passwordHash, user.at],
  );
  await insertAudit(connection, {
    workspaceId: user.workspaceId,
    auditId: user.auditId,
    at: user.at,
    by: user.by,
    action: 'user.create',
    subject: `usr_${user.id}`,
    detail: { role: user.role },
  });
  return { kind: 'made', user: row };
}

export async function listUsers(db: Queryable, workspaceId: string): Promise<readonly UserRow[]> {
  const { rows } = await db.query<UserRow>(
    `select id, workspace_id, email, name, role, created_at
       from users
      where workspace_id = $1 and removed_at is null
      order by created_at, id
      limit 1000`,
    [workspaceId],
  );
  return rows;
}

export async function findUserByEmail(db: Queryable, email: string): Promise<UserRow | undefined> {
  const { rows } = await db.query<UserRow>(
    `select id, workspace_id, email, name, role, created_at
       from users
      where email = $1 and removed_at is null`,
    [email.trim().toLowerCase()],
  );
  return rows[0];
}

/** Their role; undefined when nobody with this id was shut out. Sessions stay ended. */
export async function restoreUser(
  db: Queryable,
  user: { readonly workspaceId: string; readonly id: string },
): Promise<UserRole | undefined> {
  const { rows } = await db.query<{ role: UserRole }>(
    `update users set removed_at = null
      where workspace_id = $1 and id = $2 and removed_at is not null
      returning role`,
    [user.workspaceId, user.id],
  );
  return rows[0]?.role;
}

export type UserChange =
  | { readonly kind: 'done' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'last_owner' };

/** `to` null shuts out, at once and everywhere. The last owner stays one: otherwise nobody could let anyone in again. */
export async function changeUser(
  pool: Pool,
  change: {
    readonly workspaceId: string;
    readonly id: string;
    readonly to: { readonly name?: string | undefined; readonly role?: UserRole | undefined } | null;
    readonly at: Date;
    readonly by: string;
    readonly auditId: string;
  },
): Promise<UserChange> {
  return inTransaction(pool, async (connection) => {
    const owners = await connection.query<{ id: string }>(
      `select id from users where workspace_id = $1 and role = 'owner' and removed_at is null order by id for update`,
      [change.workspaceId],
    );
    const isLastOwner = owners.rows.length === 1 && owners.rows[0]?.id === change.id;
    const staysOwner = change.to !== null && (change.to.role === undefined || change.to.role === 'owner');
    if (isLastOwner && !staysOwner) return { kind: 'last_owner' };
    const { rowCount } =
      change.to === null
        ? await connection.query(
            `update users set removed_at = $3 where workspace_id = $1 and id = $2 and removed_at is null`,
            [change.workspaceId, change.id, change.at],
          )
        : await connection.query(
            `update users
                set name = coalesce($3, name), role = coalesce($4, role), updated_at = $5
              where workspace_id = $1 and id = $2 and removed_at is null`,
            [change.workspaceId, change.id, change.to.name ?? null, change.to.role ?? null, change.at],
          );
    if (rowCount === 0) return { kind: 'unknown' };
    if (change.to === null)
      await connection.query('delete from user_sessions where user_id = $1', [change.id]);
    await insertAudit(connection, {
      workspaceId: change.workspaceId,
      auditId: change.auditId,
      at: change.at,
      by: change.by,
      action: change.to === null ? 'user.delete' : 'user.update',
      subject: `usr_${change.id}`,
      detail: change.to?.role === undefined ? {} : { role: change.to.role },
    });
    return { kind: 'done' };
  });
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
