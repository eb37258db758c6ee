// The templates that ship, one for each letter of the ready journeys. Plain, warm and exact;
// no exclamation marks, no blame. They are copied into a workspace and belong to it from then on.
import type { TemplateSource } from './template.ts';

const SANS = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
const SERIF = "'Source Serif 4', Georgia, 'Times New Roman', serif";

interface Letter {
  readonly title: string;
  /** paragraphs and blocks, in order */
  readonly body: readonly string[];
  /** why this person gets it: honest, and what people look for before they press "spam" */
  readonly why: string;
}

const HELLO = paragraph("Hello {{ person.first_name | default: 'there' }},");
const SIGNED = paragraph('{{ business.name }}');

const OFFER = offerBlock();

export const READY_TEMPLATES: readonly TemplateSource[] = [
  {
    key: 'welcome',
    name: 'Welcome kit',
    channel: 'email',
    purpose: 'marketing',
    subject: 'Welcome to {{ business.name }}',
    preheader: 'What to expect from us, and how to reach a person.',
    version: 1,
    body_mjml: letter({
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
      why: 'You get this letter because you ordered at {{ business.name }}.',
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
    body_mjml: letter({
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
      why: 'You get this letter because you ordered at {{ business.name }} and have not been back since.',
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
    body_mjml: letter({
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
      why: 'You get this letter because you ordered at {{ business.name }} and we have not seen you for a while.',
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
    body_mjml: letter({
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
      why: 'You get this letter because you ordered at {{ business.name }} again.',
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
    body_mjml: letter({
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
      why: 'You get this letter because you began an order at {{ business.name }}.',
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
    body_mjml: letter({
      title: 'How was it?',
      body: [
        HELLO,
        paragraph('Two weeks ago you ordered from us. By now you know whether it was what you hoped for.'),
        paragraph(
          'If you have a minute, reply with two sentences that would help somebody who is still wondering, good or bad. We publish nothing without asking you.',
        ),
        SIGNED,
      ],
      why: 'You get this letter because you ordered at {{ business.name }} and agreed to questions.',
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
    body_mjml: letter({
      title: 'Running low?',
      body: [
        HELLO,
        paragraph(
          'It is about the time when you usually order. If you are running low, now is a good moment.',
        ),
        paragraph('If you still have plenty, there is nothing to do.'),
        SIGNED,
      ],
      why: 'You get this letter because you order at {{ business.name }} from time to time.',
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
    body_mjml: letter({
      title: 'We would like to put it right.',
      body: [
        HELLO,
        paragraph('It seems that something was not as it should be. We are sorry about that.'),
        paragraph('Would you tell us what it was? One line is enough, and a person reads it.'),
        paragraph('There is nothing to buy in this letter.'),
        SIGNED,
      ],
      why: 'You get this letter because you told {{ business.name }} how it was, or sent something back.',
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
    body_mjml: letter({
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
      why: 'You get this letter because you used to order at {{ business.name }}.',
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
    body_mjml: letter({
      title: 'All the best for today.',
      body: [
        HELLO,
        paragraph('You once told us which day this is. We wish you a good one, and a good year after it.'),
        paragraph('A small gift, for whenever you like:'),
        OFFER,
        SIGNED,
      ],
      why: 'You get this letter because you told {{ business.name }} your birthday.',
    }),
  },
];

function letter(content: Letter): string {
  return `<mjml lang="en">
  <mj-head>
    <mj-title>${content.title}</mj-title>
    <mj-attributes>
      <mj-all font-family="${SANS}" />
      <mj-text color="#1B2226" font-size="16px" line-height="26px" padding="0 0 16px 0" />
    </mj-attributes>
    <mj-raw>
      <meta name="color-scheme" content="light dark" />
      <meta name="supported-color-schemes" content="light dark" />
    </mj-raw>
    <mj-style>
      a { color: #0F6B62; }
      ul { margin: 0; padding: 0 0 0 20px; }
      li { padding: 0 0 8px 0; }
      @media (max-width: 480px) { .sheet > table > tbody > tr > td { padding: 24px 24px 8px 24px !important; } }
      @media (prefers-color-scheme: dark) {
        body, .page, .page > div { background-color: #14181B !important; }
        .sheet, .sheet > table, .sheet td { background-color: #1C2226 !important; border-color: #363E43 !important; }
        .offer, .offer td { background-color: #14181B !important; border-color: #6B767C !important; }
        .ink, .ink div, .ink b { color: #E9ECEA !important; }
        .ink a { color: #5CC8B8 !important; }
        .muted, .muted div, .muted a { color: #A3ADB2 !important; }
      }
    </mj-style>
  </mj-head>
  <mj-body background-color="#FBFAF7" width="600px" css-class="page">
    <mj-section padding="32px 24px 16px 24px">
      <mj-column>
        <mj-text css-class="muted" color="#566067" font-size="14px" line-height="20px" padding="0">{{ business.name }}</mj-text>
      </mj-column>
    </mj-section>
    <mj-wrapper css-class="sheet" background-color="#FFFFFF" border="1px solid #E3E1DA" border-radius="8px" padding="40px 40px 24px 40px">
      <mj-section padding="0">
        <mj-column>
          <mj-text css-class="ink" font-family="${SERIF}" font-size="28px" line-height="36px" padding="0 0 24px 0"><h1 style="margin:0;font-size:28px;line-height:36px;font-weight:600;">${content.title}</h1></mj-text>
${content.body.join('\n')}
        </mj-column>
      </mj-section>
    </mj-wrapper>
    <mj-section padding="24px">
      <mj-column>
        <mj-text css-class="muted" color="#566067" font-size="12px" line-height="20px" padding="0">
          <p style="margin:0 0 8px 0;">${content.why}</p>
          <p style="margin:0 0 8px 0;"><a href="{{ unsubscribe_url }}" style="color:#566067;">Unsubscribe</a> &middot; <a href="{{ preferences_url }}" style="color:#566067;">Choose what you hear from us</a></p>
          <p style="margin:0;">{{ business.name }}{% if business.postal_address %} &middot; {{ business.postal_address }}{% endif %}</p>
        </mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`;
}

function paragraph(text: string): string {
  return `          <mj-text css-class="ink">${text}</mj-text>`;
}

function list(items: readonly (readonly [string, string])[]): string {
  const lines = items.map(([first, rest]) => `<li><b>${first}</b> ${rest}</li>`).join('');
  return `          <mj-text css-class="ink"><ul>${lines}</ul></mj-text>`;
}

/** The code large enough to copy by eye; what it gives and until when only if the offer says so. */
function offerBlock(): string {
  return `          <mj-table css-class="offer" padding="8px 0 24px 0" cellpadding="16" width="100%">
            <tr><td align="center" style="border:1px dashed #848C91;border-radius:8px;background-color:#FBFAF7;">
              <span class="ink" style="font-family:ui-monospace, Menlo, Consolas, monospace;font-size:24px;line-height:32px;letter-spacing:1px;color:#1B2226;"><b>{{ offer.code }}</b></span>
              {% if offer.percent %}<br /><span class="muted" style="font-size:14px;line-height:24px;color:#566067;">{{ offer.percent }} % off your next order</span>{% elsif offer.amount %}<br /><span class="muted" style="font-size:14px;line-height:24px;color:#566067;">{{ offer.amount | money: offer.currency }} off your next order</span>{% endif %}
              {% if offer.expires_at %}<br /><span class="muted" style="font-size:14px;line-height:24px;color:#566067;">until {{ offer.expires_at | date: 'long' }}</span>{% endif %}
            </td></tr>
          </mj-table>`;
}
