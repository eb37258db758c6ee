// Conditions about who somebody is, where the relationship stands, and chance.
import { howMany, verb, words, type Form } from './form.ts';

export const personForms = {
  trait: {
    menu: [
      {
        group: 'who',
        title: 'a fact about them',
        example: 'has an “address.city” that is “Graz”',
        also: 'trait attribute property field city country language birthday told us profile',
        rule: (seen) => ({ kind: 'trait', path: seen.traits[0]?.path ?? 'city', op: 'known' }),
      },
    ],
    parts: () => [
      verb('has', 'does not have'),
      { part: 'trait', key: 'path', label: 'Fact' },
      words('that'),
      { part: 'comparison', of: 'trait', path: 'path' },
      {
        part: 'more',
        key: 'said_by',
        add: 'only if they said so',
        start: ['declared'],
        parts: [
          words(','),
          {
            part: 'several',
            key: 'said_by',
            label: 'How it is known',
            options: [
              { value: 'declared', text: 'said by themselves' },
              { value: 'observed', text: 'observed' },
              { value: 'imported', text: 'imported' },
              { value: 'predicted', text: 'predicted' },
            ],
          },
        ],
      },
      {
        part: 'more',
        key: 'said_within',
        add: 'only if said lately',
        start: 'P365D',
        parts: [
          words(', said in the last'),
          { part: 'duration', key: 'said_within', label: 'Said in the last' },
        ],
      },
    ],
  },
  account: {
    menu: [
      {
        group: 'who',
        title: 'belongs to an account',
        example: 'is in an account that is “acme”',
        also: 'company household organisation group b2b team',
        rule: () => ({ kind: 'account', op: 'known' }),
      },
    ],
    parts: (rule) => [
      verb('is in an account', 'is not in an account'),
      {
        part: 'more',
        key: 'path',
        add: 'a fact about it',
        start: 'plan',
        parts: [words('with a'), { part: 'text', key: 'path', label: 'Fact about the account' }],
      },
      words(rule['path'] === undefined ? 'whose id' : 'that'),
      { part: 'comparison', of: 'trait', path: 'path' },
    ],
  },
  open_conversation: {
    menu: [
      {
        group: 'relation',
        title: 'has an open conversation',
        example: 'has an open conversation or complaint',
        also: 'support ticket complaint chat question unresolved',
        rule: () => ({ kind: 'open_conversation' }),
      },
    ],
    parts: () => [verb('has', 'does not have'), words('an open conversation or complaint')],
  },
  identity: {
    menu: [
      {
        group: 'who',
        title: 'can be reached or recognised',
        example: 'has an e-mail address or a phone number',
        also: 'known email phone user id anonymous identified',
        rule: () => ({ kind: 'identity', has: ['email', 'phone'] }),
      },
    ],
    parts: () => [
      verb('has', 'does not have'),
      {
        part: 'several',
        key: 'has',
        label: 'Identities',
        options: [
          { value: 'email', text: 'an e-mail address' },
          { value: 'phone', text: 'a phone number' },
          { value: 'user_id', text: 'a user id' },
          { value: 'anonymous_id', text: 'an anonymous id' },
        ],
      },
    ],
  },
  consent: {
    menu: [
      {
        group: 'who',
        title: 'has agreed to messages',
        example: 'has agreed to e-mail messages about offers',
        also: 'consent permission opt-in subscribed topic channel newsletter',
        rule: () => ({ kind: 'consent', channel: 'email' }),
      },
    ],
    parts: () => [
      verb('has agreed to', 'has not agreed to'),
      { part: 'thing', key: 'channel', label: 'Channel', of: 'channels', any: 'any' },
      words('messages about'),
      { part: 'thing', key: 'topic', label: 'Topic', of: 'topics', any: 'any topic' },
    ],
  },
  stage: {
    menu: [
      {
        group: 'relation',
        title: 'is in a stage',
        example: 'is in the stage “Build-up” for at least 60 days',
        also: 'lifecycle phase model stuck time in stage',
        rule: (seen) => ({
          kind: 'stage',
          model: seen.models[0]?.key ?? 'default',
          stage: seen.models[0]?.stages[0]?.key ?? '',
        }),
      },
    ],
    parts: () => [
      verb('is in', 'is not in'),
      words('the stage'),
      { part: 'stages', key: 'stage', model: 'model' },
      words('of'),
      { part: 'thing', key: 'model', label: 'Lifecycle model', of: 'models' },
      {
        part: 'more',
        key: 'for',
        add: 'for so long',
        start: 'P60D',
        parts: [words('for at least'), { part: 'duration', key: 'for', label: 'For at least' }],
      },
    ],
  },
  segment: {
    menu: [
      {
        group: 'relation',
        title: 'is in another segment',
        example: 'is in “Unusually quiet”',
        also: 'member group list reuse',
        rule: (seen) => ({ kind: 'segment', segment: seen.segments[0]?.key ?? '' }),
      },
    ],
    parts: () => [
      verb('is in', 'is not in'),
      words('the segment'),
      { part: 'thing', key: 'segment', label: 'Segment', of: 'segments' },
    ],
  },
  in_journey: {
    menu: [
      {
        group: 'relation',
        title: 'is on a journey',
        example: 'is on the journey “Welcome”',
        also: 'flow automation campaign run',
        rule: (seen) => ({ kind: 'in_journey', journey: seen.journeys[0]?.key ?? '' }),
      },
    ],
    parts: () => [
      verb('is on', 'is not on'),
      words('the journey'),
      { part: 'thing', key: 'journey', label: 'Journey', of: 'journeys' },
    ],
  },
  episode: {
    menu: [
      {
        group: 'relation',
        title: 'came back after an ending',
        example: 'is in at least the 2nd episode of the relationship',
        also: 'episode returned reactivated again won back',
        rule: () => ({ kind: 'episode', op: 'at_least', n: 2 }),
      },
    ],
    parts: () => [
      verb('is in', 'is not in'),
      howMany(),
      { part: 'number', key: 'n', label: 'Episode', unit: ['episode', 'episodes'] },
      words('of the relationship'),
    ],
  },
  share: {
    menu: [
      {
        group: 'chance',
        title: 'a random share of people',
        example: 'is among 20 % of people, always the same ones',
        also: 'percent sample test split control group holdout random',
        rule: () => ({ kind: 'share', of: 0.2, salt: 'share' }),
      },
    ],
    parts: () => [
      verb('is among', 'is not among'),
      { part: 'number', key: 'of', label: 'Share', percent: true },
      words('of people, drawn as'),
      { part: 'text', key: 'salt', label: 'Name of the draw' },
    ],
  },
} as const satisfies { readonly [kind: string]: Form };
