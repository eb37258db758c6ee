// Who may call what: the one table from route to roles. A route under /api that is not in it is the owner's alone
// (and a test fails), so that forgetting a line never opens a door.

export const roles = ['owner', 'admin', 'marketer', 'agent', 'analyst', 'developer'] as const;
export type Role = (typeof roles)[number];

const everyone: readonly Role[] = roles;
const admins: readonly Role[] = ['owner', 'admin'];
/** Act on one person. */
const carers: readonly Role[] = ['owner', 'admin', 'marketer', 'agent'];
/** Connect and repair. */
const builders: readonly Role[] = ['owner', 'admin', 'developer'];
/** Define by API or by hand. */
const makersAndBuilders: readonly Role[] = ['owner', 'admin', 'marketer', 'developer'];
const carersAndBuilders: readonly Role[] = ['owner', 'admin', 'marketer', 'agent', 'developer'];

/** `public`: nobody needs to be signed in (the route checks a token or a password itself). */
export type Access = 'public' | readonly Role[];

export const accessByRoute: { readonly [route: string]: Access } = {
  'POST /api/setup': 'public',
  'GET /api/setup': 'public',
  'POST /api/session': 'public',
  'GET /api/session': 'public',
  'DELETE /api/session': everyone,
  'PUT /api/session/password': everyone,
  'GET /api/sessions': everyone,
  'DELETE /api/sessions/:id': everyone,
  'GET /api/join': 'public',
  'POST /api/join': 'public',

  'GET /api/users': admins,
  'POST /api/users': admins,
  'PUT /api/users/:id': admins,
  'DELETE /api/users/:id': admins,
  'POST /api/users/:id/restore': admins,
  'GET /api/invitations': admins,
  'POST /api/invitations': admins,
  'DELETE /api/invitations/:id': admins,

  'GET /api/settings': everyone,
  'PUT /api/settings': builders,

  'GET /api/lifecycle': everyone,
  'GET /api/lifecycle/presets': everyone,
  'POST /api/lifecycle': makersAndBuilders,
  'PUT /api/lifecycle/:key': makersAndBuilders,
  'DELETE /api/lifecycle/:key': makersAndBuilders,
  'PUT /api/lifecycle/order': makersAndBuilders,
  'POST /api/lifecycle/count': everyone,
  'GET /api/lifecycle/:key/versions': everyone,
  'GET /api/deleted/lifecycle': everyone,
  'POST /api/lifecycle/:key/restore': makersAndBuilders,

  'GET /api/segments': everyone,
  'POST /api/segments': makersAndBuilders,
  'POST /api/segments/preview': everyone,
  'POST /api/segments/count': everyone,
  'POST /api/segments/explain': everyone,
  'GET /api/segments/:key': everyone,
  'PUT /api/segments/:key': makersAndBuilders,
  'DELETE /api/segments/:key': makersAndBuilders,
  'GET /api/segments/:key/people': everyone,
  'GET /api/deleted/segments': everyone,
  'POST /api/segments/:key/restore': makersAndBuilders,

  'GET /api/programmes': everyone,
  'POST /api/programmes': makersAndBuilders,
  'GET /api/programmes/:key': everyone,
  'PUT /api/programmes/:key': makersAndBuilders,
  'DELETE /api/programmes/:key': makersAndBuilders,
  'GET /api/deleted/programmes': everyone,
  'POST /api/programmes/:key/restore': makersAndBuilders,
  'GET /api/people/:id/points': everyone,
  'POST /api/people/:id/points': carersAndBuilders,

  'GET /api/vocabulary': everyone,
  'GET /api/vocabulary/properties': everyone,

  'GET /api/journeys': everyone,
  'POST /api/journeys': makersAndBuilders,
  'POST /api/journeys/check': everyone,
  'GET /api/journeys/:id': everyone,
  'GET /api/journeys/:id/difference': everyone,
  'PUT /api/journeys/:id': makersAndBuilders,
  'DELETE /api/journeys/:id': makersAndBuilders,
  'POST /api/journeys/:id/versions': makersAndBuilders,
  'GET /api/deleted/journeys': everyone,
  'POST /api/journeys/:id/restore': makersAndBuilders,
  'POST /api/journeys/:id/activate': makersAndBuilders,
  'POST /api/journeys/:id/deactivate': makersAndBuilders,
  'GET /api/journeys/:id/audience': everyone,
  'GET /api/journeys/:id/runs': everyone,

  'GET /api/backtests': everyone,
  'POST /api/backtests': makersAndBuilders,
  'GET /api/backtests/:id': everyone,
  'POST /api/backtests/:id/again': makersAndBuilders,
  'DELETE /api/backtests/:id': makersAndBuilders,

  'GET /api/people': everyone,
  'POST /api/people/matching': everyone,
  // Takes personal data out of the house.
  'GET /api/people/export': ['owner', 'admin', 'marketer', 'analyst'],
  'GET /api/people-views': everyone,
  'POST /api/people-views': everyone,
  'PUT /api/people-views/:id': everyone,
  'DELETE /api/people-views/:id': everyone,
  'POST /api/people-views/:id/restore': everyone,
  'PUT /api/people-columns': everyone,
  'GET /api/people/:id': everyone,
  'GET /api/people/:id/timeline': everyone,
  'GET /api/people/:id/stages': everyone,
  'GET /api/people/:id/merges': everyone,
  'GET /api/people/:id/state': builders,
  'PUT /api/people/:id/consents': carersAndBuilders,
  'POST /api/people/:id/thaw': carersAndBuilders,
  'GET /api/people/:id/addresses': everyone,
  // What bounced or complained is let free by owners and admins only (person-addresses.ts).
  'PUT /api/people/:id/addresses': carersAndBuilders,
  'POST /api/people/:id/erase': admins,
  // Also for whoever answers somebody's wish to see what is known of them.
  'GET /api/people/:id/export': carers,
  'POST /api/people/:id/tags': carersAndBuilders,
  // Of developers, server keys only (person-journeys.ts).
  'POST /api/people/:id/journeys': carersAndBuilders,
  'DELETE /api/people/:id/journeys/:key': carersAndBuilders,
  'POST /api/people/:id/notes': carersAndBuilders,
  // Of their own notes; owners and admins of all (person-notes.ts).
  'PUT /api/people/:id/notes/:note': carersAndBuilders,
  'DELETE /api/people/:id/notes/:note': carersAndBuilders,
  'POST /api/people/:id/notes/:note/restore': carersAndBuilders,

  'GET /api/overview': everyone,
  'GET /api/reveal': everyone,
  'GET /api/first-message': everyone,
  'GET /api/segments/:key/history': everyone,
  'GET /api/figures': everyone,
  'GET /api/figures/:key/people': everyone,
  'GET /api/week': everyone,
  'GET /api/flows': everyone,
  'GET /api/moments': everyone,
  'GET /api/outages': everyone,
  'GET /api/outages/:id': everyone,
  'GET /api/outages/:id/people': everyone,
  'GET /api/predictions': everyone,
  'POST /api/predictions': makersAndBuilders,
  'GET /api/predictions/:id': everyone,
  'GET /api/people/:id/prediction': everyone,
  'GET /api/quarantine': everyone,
  'GET /api/parked': everyone,
  'POST /api/parked/:id/retry': builders,
  'GET /api/system': builders,
  'POST /api/system/confirm-restore': builders,
  'POST /api/system/confirm-clock': builders,
  'GET /api/audit': admins,

  'GET /api/keys': builders,
  'GET /api/keys/:id/heard': builders,
  'POST /api/keys': builders,
  'POST /api/keys/:id/rotate': builders,
  'DELETE /api/keys/:id': builders,

  // content and sending
  'GET /api/templates': everyone,
  'POST /api/templates': makersAndBuilders,
  'GET /api/templates/:key': everyone,
  'PUT /api/templates/:key': makersAndBuilders,
  'DELETE /api/templates/:key': makersAndBuilders,
  'GET /api/deleted/templates': everyone,
  'POST /api/templates/:key/restore': makersAndBuilders,
  'POST /api/templates/:key/preview': everyone,
  'GET /api/templates/:key/readers': everyone,
  'POST /api/templates/preview': everyone,
  'POST /api/templates/:key/test': carers,
  'GET /api/topics': everyone,
  'POST /api/topics': makersAndBuilders,
  'PUT /api/topics/:key': makersAndBuilders,
  'DELETE /api/topics/:key': makersAndBuilders,
  'GET /api/messages': everyone,
  'GET /api/messages/summary': everyone,
  'POST /api/settings/sending/ask': everyone,
  'GET /api/messages/:id': everyone,
  'GET /api/messages/:id/now': everyone,
  'POST /api/messages/:id/resolve': makersAndBuilders,
  'GET /api/mailbox': everyone,
  'GET /api/mailbox/:id': everyone,
  'GET /api/settings/sending': everyone,
  'PUT /api/settings/sending': builders,
  'GET /api/settings/brand': everyone,
  'PUT /api/settings/brand': makersAndBuilders,

  // the sample store
  'GET /api/sample-store': everyone,
  'POST /api/sample-store': makersAndBuilders,
  'DELETE /api/sample-store': makersAndBuilders,

  // imports
  'GET /api/imports': everyone,
  'POST /api/imports': makersAndBuilders,
  'GET /api/imports/:id': everyone,
  'PUT /api/imports/:id': makersAndBuilders,
  'POST /api/imports/:id/start': makersAndBuilders,
  'POST /api/imports/:id/cancel': makersAndBuilders,
  'GET /api/imports/:id/undo': makersAndBuilders,
  'POST /api/imports/:id/undo': makersAndBuilders,
  'GET /api/imports/:id/refused': carersAndBuilders,
};

/** `key` is `METHOD /path` as registered. HEAD follows GET. */
export function accessOf(method: string, route: string): Access {
  // The list of doors is no secret: it is in the source.
  if (route === '/api/openapi.json' || route === '/api/docs' || route.startsWith('/api/docs/'))
    return 'public';
  const key = `${method === 'HEAD' ? 'GET' : method} ${route}`;
  return accessByRoute[key] ?? ['owner'];
}
