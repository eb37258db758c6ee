// JSON that parses but that nothing could keep: NUL characters (Postgres has no place for them) and nesting deeper than any
// definition. Refused at the door with the place named, before a schema looks at it.
import { ProblemError } from '../errors.ts';
import { isApi } from './auth.ts';
import type { App } from './deps.ts';

const depthMax = 64;

/** Many clients say `application/json` with every request, also with a DELETE that has nothing to say. */
export function takeEmptyBodies(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '' && request.method === 'DELETE') return done(null, undefined);
    return parse(request, String(body), done);
  });
}

export function refuseStrangeBodies(app: App): void {
  app.addHook('preValidation', async (request) => {
    if (!isApi(request) || typeof request.body !== 'object' || request.body === null) return;
    if (Buffer.isBuffer(request.body)) return;
    const strange = findStrange(request.body);
    if (strange !== undefined) throw strange;
  });
}

/** Walks without recursion: depth is what is being checked. */
export function findStrange(body: object): ProblemError | undefined {
  const open: { readonly value: unknown; readonly path: string; readonly depth: number }[] = [
    { value: body, path: '', depth: 0 },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path, depth } = next;
    if (typeof value === 'string') {
      if (value.includes('\0')) return nul(path);
      continue;
    }
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= depthMax) return tooDeep(path);
    for (const [key, child] of Object.entries(value)) {
      if (key.includes('\0')) return nul(path);
      open.push({ value: child, path: `${path}/${key}`, depth: depth + 1 });
    }
  }
  return undefined;
}

function nul(path: string): ProblemError {
  return new ProblemError({
    code: 'invalid_body',
    path: path === '' ? '/' : path,
    message: `${path === '' ? 'The body' : path} holds a NUL character.`,
    hint: 'Leave U+0000 away; it is not part of any text.',
  });
}

function tooDeep(path: string): ProblemError {
  return new ProblemError({
    code: 'invalid_body',
    path: path.slice(0, 200),
    message: `The body is nested more than ${depthMax} levels deep.`,
    hint: 'Flatten it: put groups of rules into segments of their own.',
  });
}
