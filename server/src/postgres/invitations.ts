// Invitations into the team: a link with a token, stored as its hash, that works once and for some days.
import { createHash, randomBytes } from 'node:crypto';
import { hashPassword } from 'better-auth/crypto';
import { inTransaction } from './pool.ts';
import type { Pool, Queryable } from './pool.ts';
import { insertUser } from './users.ts';
import type { CreateUserOutcome, NewUser, UserRole } from './users.ts';

export interface InvitationRow {
  readonly id: string;
  readonly workspace_id: string;
  readonly email: string;
  readonly role: UserRole;
  readonly created_at: Date;
  readonly created_by: string;
  readonly expires_at: Date;
}

const columns = 'id, workspace_id, email, role, created_at, created_by, expires_at';

/** A fresh one for this address; the one before stops working. Returns its token, this once. */
export async function createInvitation(
  db: Queryable,
  invitation: Omit<InvitationRow, 'email'> & { readonly email: string },
): Promise<{ readonly row: InvitationRow; readonly token: string }> {
  const token = randomBytes(24).toString('base64url');
  const email = invitation.email.trim().toLowerCase();
  await db.query('delete from invitations where workspace_id = $1 and email = $2', [
    invitation.workspace_id,
    email,
  ]);
  const { rows } = await db.query<InvitationRow>(
    `insert into invitations (workspace_id, id, email, role, hash, created_at, created_by, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     returning ${columns}`,
    [
      invitation.workspace_id,
      invitation.id,
      email,
      invitation.role,
      hashToken(token),
      invitation.created_at,
      invitation.created_by,
      invitation.expires_at,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an invitation that was written is not there');
  return { row, token };
}

/** Those that still work, newest first. */
export async function listInvitations(
  db: Queryable,
  workspaceId: string,
  now: Date,
): Promise<readonly InvitationRow[]> {
  const { rows } = await db.query<InvitationRow>(
    `select ${columns} from invitations
      where workspace_id = $1 and expires_at > $2
      order by created_at desc, id desc
      limit 1000`,
    [workspaceId, now],
  );
  return rows;
}

export async function revokeInvitation(db: Queryable, workspaceId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from invitations where workspace_id = $1 and id = $2', [
    workspaceId,
    id,
  ]);
  return rowCount === 1;
}

export async function findInvitation(
  db: Queryable,
  token: string,
  now: Date,
  lock: '' | 'for update' = '',
): Promise<InvitationRow | undefined> {
  const { rows } = await db.query<InvitationRow>(
    `select ${columns} from invitations where hash = $1 and expires_at > $2 ${lock}`,
    [hashToken(token), now],
  );
  return rows[0];
}

export type JoinOutcome = CreateUserOutcome | { readonly kind: 'refused' };

/** Uses the token up and makes the user, in one transaction. */
export async function joinTeam(
  pool: Pool,
  token: string,
  user: Omit<NewUser, 'workspaceId' | 'email' | 'role' | 'by'>,
): Promise<JoinOutcome> {
  // A look without the lock first: hashing a password is dear, and strangers may knock often.
  if ((await findInvitation(pool, token, user.at)) === undefined) return { kind: 'refused' };
  const hash = await hashPassword(user.password);
  return inTransaction(pool, async (connection): Promise<JoinOutcome> => {
    const invited = await findInvitation(connection, token, user.at, 'for update');
    if (invited === undefined) return { kind: 'refused' };
    await revokeInvitation(connection, invited.workspace_id, invited.id);
    const { workspace_id: workspaceId, email, role, created_by: by } = invited;
    return insertUser(connection, { ...user, workspaceId, email, role, by }, hash);
  });
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
