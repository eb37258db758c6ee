// The templates that ship, one for each letter of the ready journeys. Plain, warm and exact;
// no exclamation marks, no blame. They are copied into a workspace and belong to it from then on.
import type { Block, Inline, Letter, RichNode } from './blocks/letter.ts';
import { letterMjml } from './blocks/mjml.ts';
import type { TemplateSource } from './template.ts';

interface Written {
  readonly title: string;
  /** paragraphs, lists and offers, in order */
  readonly body: readonly (RichNode | typeof OFFER)[];
  /** why this person gets it: honest, and what people look for before they press "spam" */
  readonly why: readonly (string | Inline)[];
}

const OFFER = 'offer';
const BUSINESS = field('business.name');
const HELLO = paragraph('Hello ', field('person.first_name', 'there'), ',');
const SIGNED = paragraph(BUSINESS);

type Ready = Omit<TemplateSource, 'body_mjml'> & { readonly letter: Letter };

const READY: readonly Ready[] = [
  {
    key: 'welcome',
    name: 'Welcome kit',
    channel: 'email',
    purpose: 'marketing',
    subject: 'Welcome to {{ business.name }}',
    preheader: 'What to expect from us, and how to reach a person.',
    version: 1,
    letter: letter({
      title: 'Good to have you here.',
      body: [
        HELLO,
        paragraph('Thank you for your first order. Here is what you can expect from us:'),
        list([
          ['News about your order,', 'when there is some.'],
          ['A letter now and then,', 'at most one a day and three in a week. Usually far fewer.'],
          ['An answer from a person,', 'whenever you reply to one of our messages.'],
        ]),
        paragraph('If something is not as it should be, reply to this message. We read every one.'),
        SIGNED,
      ],
      why: ['You get this letter because you ordered at ', BUSINESS, '.'],
    }),
  },
  {
    key: 'second_purchase',
    name: 'Second purchase, with a code',
    channel: 'email',
    purpose: 'marketing',
    subject: "{{ person.first_name | default: 'Hello' }}, something for your second order",
    preheader: 'A code of your own{% if offer.percent %}: {{ offer.percent }} % off{% endif %}.',
    version: 1,
    letter: letter({
      title: 'The second order is on better terms.',
      body: [
        HELLO,
        paragraph(
          'You ordered from us once, and we would be glad to see you again. This code is yours alone:',
        ),
        OFFER,
        paragraph(
          'Enter it when you order. If you would rather be left alone, the link below does that at once.',
        ),
        SIGNED,
      ],
      why: ['You get this letter because you ordered at ', BUSINESS, ' and have not been back since.'],
    }),
  },
  {
    key: 'broken_rhythm',
    name: 'Broken rhythm: ask what changed',
    channel: 'email',
    purpose: 'marketing',
    subject: "{{ person.first_name | default: 'Hello' }}, did something change?",
    preheader: 'We noticed you have not been here for a while. One line is enough.',
    version: 1,
    letter: letter({
      title: 'It has been a while.',
      body: [
        HELLO,
        paragraph(
          'We have not seen you for a while. That is entirely your choice. We only wonder whether it had to do with us.',
        ),
        paragraph('If you have a minute, reply and tell us which it is:'),
        list([
          ['Something went wrong.', 'Tell us what, and we will look into it.'],
          ['You found something that suits you better.', 'We would like to learn what.'],
          ['You simply did not need anything.', 'Then all is well.'],
        ]),
        paragraph('A person reads your answer. There is nothing to buy in this letter.'),
        SIGNED,
      ],
      why: [
        'You get this letter because you ordered at ',
        BUSINESS,
        ' and we have not seen you for a while.',
      ],
    }),
  },
  {
    key: 'thanks_return',
    name: 'Thanks for coming back, with a code',
    channel: 'email',
    purpose: 'marketing',
    subject: 'Thank you for coming back{% if person.first_name %}, {{ person.first_name }}{% endif %}',
    preheader: 'And a small thank-you for the next time.',
    version: 1,
    letter: letter({
      title: 'It is good to see you again.',
      body: [
        HELLO,
        paragraph(
          'You came back, and we noticed with pleasure. As a thank-you, this code is for your next order:',
        ),
        OFFER,
        paragraph('If we did something better this time, or still not well enough, reply and tell us.'),
        SIGNED,
      ],
      why: ['You get this letter because you ordered at ', BUSINESS, ' again.'],
    }),
  },
  {
    key: 'abandoned_checkout',
    name: 'Left the checkout',
    channel: 'email',
    purpose: 'marketing',
    subject:
      '{% if person.first_name %}{{ person.first_name }}, did{% else %}Did{% endif %} something get in the way?',
    preheader: 'What you had chosen is still there.',
    version: 1,
    letter: letter({
      title: 'Did something get in the way?',
      body: [
        HELLO,
        paragraph('You were about to order, and then you did not. What you had chosen is still there.'),
        paragraph('If it was us, tell us what it was:'),
        list([
          ['Something did not work.', 'Reply, and a person sees to it.'],
          ['Something was unclear:', 'postage, delivery, sending it back. Ask us.'],
          ['You changed your mind.', 'Then all is well, and we do not ask again.'],
        ]),
        SIGNED,
      ],
      why: ['You get this letter because you began an order at ', BUSINESS, '.'],
    }),
  },
  {
    key: 'review_request',
    name: 'Ask for a review',
    channel: 'email',
    purpose: 'marketing',
    subject: 'How was it{% if person.first_name %}, {{ person.first_name }}{% endif %}?',
    preheader: 'Two sentences help those who are wondering.',
    version: 1,
    letter: letter({
      title: 'How was it?',
      body: [
        HELLO,
        paragraph('Two weeks ago you ordered from us. By now you know whether it was what you hoped for.'),
        paragraph(
          'If you have a minute, reply with two sentences that would help somebody who is still wondering, good or bad. We publish nothing without asking you.',
        ),
        SIGNED,
      ],
      why: ['You get this letter because you ordered at ', BUSINESS, ' and agreed to questions.'],
    }),
  },
  {
    key: 'replenishment',
    name: 'Due for the next order',
    channel: 'email',
    purpose: 'marketing',
    subject: '{% if person.first_name %}{{ person.first_name }}, running{% else %}Running{% endif %} low?',
    preheader: 'It is about the time when you usually order.',
    version: 1,
    letter: letter({
      title: 'Running low?',
      body: [
        HELLO,
        paragraph(
          'It is about the time when you usually order. If you are running low, now is a good moment.',
        ),
        paragraph('If you still have plenty, there is nothing to do.'),
        SIGNED,
      ],
      why: ['You get this letter because you order at ', BUSINESS, ' from time to time.'],
    }),
  },
  {
    key: 'ask_why',
    name: 'Unhappy: ask what went wrong',
    channel: 'email',
    purpose: 'marketing',
    subject: 'What went wrong{% if person.first_name %}, {{ person.first_name }}{% endif %}?',
    preheader: 'We would like to put it right.',
    version: 1,
    letter: letter({
      title: 'We would like to put it right.',
      body: [
        HELLO,
        paragraph('It seems that something was not as it should be. We are sorry about that.'),
        paragraph('Would you tell us what it was? One line is enough, and a person reads it.'),
        paragraph('There is nothing to buy in this letter.'),
        SIGNED,
      ],
      why: ['You get this letter because you told ', BUSINESS, ' how it was, or sent something back.'],
    }),
  },
  {
    key: 'win_back',
    name: 'Win back, with a code',
    channel: 'email',
    purpose: 'marketing',
    subject:
      '{% if person.first_name %}{{ person.first_name }}, one{% else %}One{% endif %} last letter for now',
    preheader: 'Thank you for the time with us, and a code should you come back.',
    version: 1,
    letter: letter({
      title: 'Thank you for the time with us.',
      body: [
        HELLO,
        paragraph(
          'It has been a long time. We take it that you have moved on, and this is our last letter for now.',
        ),
        paragraph('Should you want to come back, this code is yours:'),
        OFFER,
        paragraph('And if there is a reason we should know, reply to this letter. We read every answer.'),
        SIGNED,
      ],
      why: ['You get this letter because you used to order at ', BUSINESS, '.'],
    }),
  },
  {
    key: 'birthday',
    name: 'Birthday, with a code',
    channel: 'email',
    purpose: 'marketing',
    subject: 'All the best for today{% if person.first_name %}, {{ person.first_name }}{% endif %}',
    preheader: 'And a small gift from us.',
    version: 1,
    letter: letter({
      title: 'All the best for today.',
      body: [
        HELLO,
        paragraph('You once told us which day this is. We wish you a good one, and a good year after it.'),
        paragraph('A small gift, for whenever you like:'),
        OFFER,
        SIGNED,
      ],
      why: ['You get this letter because you told ', BUSINESS, ' your birthday.'],
    }),
  },
];

export const READY_TEMPLATES: readonly (TemplateSource & { readonly letter: Letter })[] = READY.map(
  (ready) => ({
    ...ready,
    body_mjml: letterMjml(ready.letter, ready.purpose),
  }),
);

function letter({ title, body, why }: Written): Letter {
  const blocks: Block[] = [
    { id: 'title', kind: 'heading', text: { type: 'doc', content: [paragraph(title)] } },
  ];
  for (const part of body) {
    const id = `b${blocks.length}`;
    const last = blocks.at(-1);
    if (part === OFFER) blocks.push({ id, kind: 'offer' });
    else if (last?.kind === 'text') last.text.content.push(part);
    else blocks.push({ id, kind: 'text', text: { type: 'doc', content: [part] } });
  }
  return { blocks, why: { type: 'doc', content: [paragraph(...why)] } };
}

function paragraph(...pieces: readonly (string | Inline)[]): RichNode {
  return {
    type: 'paragraph',
    content: pieces.map((piece) => (typeof piece === 'string' ? { type: 'text', text: piece } : piece)),
  };
}

/** Each item begins with what it is about, in bold. */
function list(items: readonly (readonly [string, string])[]): RichNode {
  return {
    type: 'bulletList',
    content: items.map(([first, rest]) => ({
      type: 'listItem',
      content: [
        {
          type: 'paragraph',
          content: [
            { type: 'text', text: first, marks: [{ type: 'bold' }] },
            { type: 'text', text: ` ${rest}` },
          ],
        },
      ],
    })),
  };
}

function field(path: string, fallback = ''): Inline {
  return { type: 'field', attrs: { path, fallback } };
}
