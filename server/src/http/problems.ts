// Turns whatever goes wrong in a request into RFC 9457 problem details with a stable code and a hint. What is not known
// to us becomes a 500 that says nothing of the inside; the log has it under the same request id.
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { errorCatalogue, ProblemError, toProblemDetails, toProblemError } from '../errors.ts';
import type { ErrorCode, Problem } from '../errors.ts';
import { TooManyAttempts } from './attempts.ts';
import type { App } from './deps.ts';

/** How the answer of every failure looks in OpenAPI. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    hint: z.string(),
    instance: z.string().optional(),
    errors: z
      .array(
        z.object({ code: z.string(), path: z.string().optional(), message: z.string(), hint: z.string() }),
      )
      .optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' });

export function handleProblems(app: App, options: { readonly consoleDir: string | null }): void {
  app.setErrorHandler((error, request, reply) =>
    answerProblem(toHttpProblem(error, request), request, reply, error),
  );
  app.setNotFoundHandler((request, reply) => {
    // The console's own addresses (/people/per_…) are all answered by its one page.
    if (options.consoleDir !== null && isPage(request)) {
      return reply.header('cache-control', 'no-cache').sendFile('index.html', options.consoleDir);
    }
    const problem = new ProblemError({
      code: 'not_found',
      message: `Nothing answers ${request.method} ${request.url.split('?')[0] ?? ''}.`,
      hint: 'The doors that exist are listed at /api/docs.',
    });
    return answerProblem(problem, request, reply, problem);
  });
}

function isPage(request: FastifyRequest): boolean {
  const path = request.url.split('?')[0] ?? '';
  const isNavigation =
    (request.method === 'GET' || request.method === 'HEAD') &&
    (request.headers.accept ?? '').includes('text/html');
  return isNavigation && !/^\/(api|v1|assets)(\/|$)/.test(path) && !/\.[a-z0-9]{1,5}$/i.test(path);
}

function answerProblem(
  problem: ProblemError,
  request: FastifyRequest,
  reply: FastifyReply,
  cause: unknown,
): FastifyReply {
  const details = toProblemDetails(problem, { instance: request.id });
  if (details.status >= 500) request.log.error({ err: cause, code: details.code }, 'a request failed');
  if (problem instanceof TooManyAttempts) reply.header('retry-after', String(problem.retryAfterSeconds));
  if (details.status === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', '2');
  const shown =
    details.code === 'internal'
      ? {
          ...details,
          detail: 'Something went wrong on our side; nothing was changed.',
          hint: `Try again. If it stays, look for ${request.id} in the log of the server.`,
          errors: undefined,
        }
      : details;
  // Serialised here: the schemas of the route are about its successes.
  return reply
    .code(details.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .serializer((value: unknown) => JSON.stringify(value))
    .send(shown);
}

/** Fastify's, zod's and the database's errors as ours. */
export function toHttpProblem(
  error: unknown,
  request: Pick<FastifyRequest, 'url' | 'headers'>,
): ProblemError {
  if (error instanceof ProblemError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return validationProblem(error);
  if (isResponseSerializationError(error)) return internal(error);
  const code = codeOf(error);
  const known = code === undefined ? undefined : fastifyProblem(code, request);
  if (known !== undefined) return known;
  const status = statusOf(error);
  if (status !== undefined && status < 500) return otherClientError(status, error);
  const translated = toProblemError(error);
  return translated.failure.code === 'internal' ? internal(error) : translated;
}

function validationProblem(error: {
  readonly validation: readonly { readonly instancePath: string; readonly message?: string | undefined }[];
  readonly validationContext?: string | undefined;
}): ProblemError {
  const codes: { readonly [context: string]: ErrorCode } = {
    body: 'invalid_body',
    querystring: 'invalid_query',
    params: 'invalid_path',
  };
  const code = codes[error.validationContext ?? 'body'] ?? 'invalid_body';
  const problems: Problem[] = error.validation.map((issue) => ({
    code,
    path: issue.instancePath === '' ? '/' : issue.instancePath,
    message: sentenceOf(issue.message ?? 'is not valid'),
    hint: 'See the shape of this request at /api/docs.',
  }));
  const [first] = problems;
  return new ProblemError(
    {
      code,
      path: first?.path ?? '/',
      message: problems.map((problem) => `${problem.path}: ${problem.message}`).join(' '),
      hint: 'Mend every place named in `errors`; the shape of this request is at /api/docs.',
    },
    { problems },
  );
}

function fastifyProblem(code: string, request: Pick<FastifyRequest, 'headers'>): ProblemError | undefined {
  switch (code) {
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new ProblemError({
        code: 'malformed_json',
        message: 'The body is not valid JSON, or holds a key that is not allowed (`__proto__`).',
        hint: 'Send one JSON object in UTF-8 with `Content-Type: application/json`.',
      });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new ProblemError({
        code: 'malformed_json',
        message: 'The body is not as long as its Content-Length says.',
        hint: 'Send the whole body.',
      });
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
    case 'FST_REQ_FILE_TOO_LARGE':
      return new ProblemError({
        code: 'body_too_large',
        message: `The body of ${request.headers['content-length'] ?? 'unknown'} bytes is larger than this door takes.`,
        hint: 'Send less at once.',
      });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ProblemError({
        code: 'unsupported_media_type',
        message: `The content type "${(request.headers['content-type'] ?? '').slice(0, 100)}" is not taken here.`,
        hint: 'Send JSON with `Content-Type: application/json`.',
      });
    case '57014':
      return new ProblemError({
        code: 'overloaded',
        message: 'The database took too long to answer and was told to stop.',
        hint: 'Ask for less at once (a smaller page, a narrower filter), or try again when it is less busy.',
      });
    case 'FST_ERR_BAD_URL':
      return new ProblemError({
        code: 'invalid_path',
        message: 'The address is not a valid URL.',
        hint: 'Encode special characters with percent signs, as UTF-8.',
      });
    default:
      return undefined;
  }
}

function otherClientError(status: number, error: unknown): ProblemError {
  const entry = Object.entries(errorCatalogue).find(([, { status: known }]) => known === status);
  const code = entry === undefined ? 'invalid_body' : toCode(entry[0]);
  return new ProblemError(
    {
      code,
      message: error instanceof Error ? sentenceOf(error.message) : 'The request is not valid.',
      hint: 'See the shape of this request at /api/docs.',
    },
    { cause: error },
  );
}

function internal(cause: unknown): ProblemError {
  return new ProblemError(
    { code: 'internal', message: 'Something went wrong on our side.', hint: 'Try again.' },
    { cause },
  );
}

function toCode(name: string): ErrorCode {
  const found = errorCodes.find((code) => code === name);
  return found ?? 'invalid_body';
}

const errorCodes = Object.keys(errorCatalogue).map((key) => key as ErrorCode);

function sentenceOf(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' && error.statusCode >= 400 ? error.statusCode : undefined;
}
