// What follows an order: returns and refunds, complaints and whether they are solved, answers to questions, reviews,
// pictures, and leaving. Moves the mood, and the mood moves the next order.
import type { Instant } from '@rapport/engine';
import { days, seconds, type Life } from './life.ts';
import type { Basket } from './orders.ts';
import {
  BAD_REVIEWS,
  COMPLAINTS,
  GOOD_REVIEWS,
  MIXED_REVIEWS,
  NPS_REASONS,
  PREFERENCES,
  RETURN_REASONS,
} from './words.ts';

interface Delivered {
  readonly orderId: string;
  readonly basket: Basket;
  readonly nth: number;
  readonly at: Instant;
  readonly delivered: Instant;
}

export function afterDelivery(life: Life, order: Delivered): void {
  const { random, character } = life;
  life.mood = Math.min(1, life.mood + 0.04);
  if (random.chance(0.022)) giveBack(life, order);
  else if (random.chance(0.02)) refundPart(life, order);
  if (random.chance(0.018 + 0.04 * (1 - character.patience))) complain(life, order.delivered);
  if (character.answers && random.chance(0.3)) rateDelivery(life, order);
  if (random.chance(character.shares ? 0.2 : 0.035)) review(life, order);
  if (character.shares && random.chance(0.05)) {
    const at = order.delivered + days(random, 2, 20);
    life.diary.told(at, 'Picture Approved', { order_id: order.orderId, product_id: firstOf(order) });
  }
}

/** Everything goes back, and so does the money. */
function giveBack(life: Life, { orderId, basket, delivered }: Delivered): void {
  const { random, diary, money } = life;
  const reason = random.pick(RETURN_REASONS);
  const sent = delivered + days(random, 1, 9);
  diary.told(sent, 'Order Returned', { order_id: orderId, reason });
  const paid = { total: money.major(basket.total) };
  diary.told(sent + days(random, 1, 5), 'Order Refunded', { order_id: orderId, ...paid, reason });
  life.mood -= 0.2;
}

/** One thing of several, or a sign of good will. */
function refundPart(life: Life, { orderId, basket, delivered }: Delivered): void {
  const { random, diary, money } = life;
  const [line] = basket.lines;
  if (line === undefined) return;
  const part = Math.min(line.product.price, Math.round(basket.total * 0.6));
  diary.told(delivered + days(random, 1, 8), 'Order Refunded', {
    order_id: orderId,
    total: money.major(part),
    reason: random.pick(RETURN_REASONS),
    products: [{ product_id: line.product.id, name: line.product.name, quantity: 1 }],
  });
  life.mood -= 0.06;
}

function complain(life: Life, delivered: Instant): void {
  const { random, diary, n } = life;
  const [topic, text] = random.pick(COMPLAINTS);
  const at = delivered + days(random, 0.1, 6);
  const complaintId = `complaint-${n}-${Math.round(at / 1_000)}`;
  diary.told(at, 'Conversation Started', { channel: 'email', conversation_id: complaintId });
  diary.told(at + 1, 'Complaint Opened', { complaint_id: complaintId, topic, text });
  life.mood -= 0.35;
  if (!random.chance(0.88)) return;
  const solved = at + days(random, 0.2, 9);
  diary.told(solved, 'Complaint Resolved', { complaint_id: complaintId, topic, resolution: 'put right' });
  life.mood += 0.25;
}

function rateDelivery(life: Life, { orderId, delivered }: Delivered): void {
  const { random, diary } = life;
  const score = clamp(Math.round(2.4 + 2.8 * life.mood + 0.7 * random.normal()), 1, 5);
  diary.told(delivered + days(random, 0.5, 4), 'Survey Answered', {
    survey: 'After your delivery',
    metric: 'csat',
    score,
    order_id: orderId,
  });
}

function review(life: Life, order: Delivered): void {
  const { random, diary } = life;
  const rating = clamp(Math.round(2.2 + 3 * life.mood + 0.8 * random.normal()), 1, 5);
  const texts = rating >= 4 ? GOOD_REVIEWS : rating === 3 ? MIXED_REVIEWS : BAD_REVIEWS;
  diary.told(order.delivered + days(random, 3, 24), 'Review Submitted', {
    order_id: order.orderId,
    product_id: firstOf(order),
    rating,
    text: random.pick(texts),
  });
}

/** Would they tell a friend: asked a month after the first order, then twice a year while they are around. */
export function answerQuestions(life: Life, during: { readonly from: Instant; readonly to: Instant }): void {
  const { random, diary, character } = life;
  if (!character.answers) return;
  let at = during.from + days(random, 25, 60);
  while (at < during.to) {
    const score = clamp(Math.round(2.5 + 7 * life.mood + 1.6 * random.normal()), 0, 10);
    const reasons = NPS_REASONS[score >= 9 ? 'high' : score >= 7 ? 'middle' : 'low'];
    const reason = random.chance(0.6) ? { reason: random.pick(reasons) } : {};
    diary.told(at, 'Survey Answered', { survey: 'Would you recommend us?', metric: 'nps', score, ...reason });
    if (random.chance(0.2)) {
      diary.told(at + seconds(random, 300, 90_000), 'Message Replied', { channel: 'email', about: 'survey' });
    }
    at += days(random, 150, 210);
  }
}

/** What people tell of themselves, each answer for itself: it is theirs, and it is dated. */
export function tellPreferences(life: Life, from: Instant): void {
  const { random, diary } = life;
  let at = from + days(random, 0.01, 30);
  for (const [key, values] of PREFERENCES) {
    if (!random.chance(0.7)) continue;
    const answer = random.pick(values);
    diary.told(at, 'Preference Told', { question: key, answer }, { [key]: answer });
    at += random.chance(0.6) ? seconds(random, 20, 120) : days(random, 5, 90);
  }
  if (!random.chance(0.5)) return;
  const birthday = new Date(
    Date.UTC(random.between(1948, 2004), random.between(0, 11), random.between(1, 28)),
  )
    .toISOString()
    .slice(0, 10);
  diary.told(at, 'Preference Told', { question: 'birthday', answer: birthday }, { birthday });
}

/** Most just stop coming. A few say so. */
export function farewell(life: Life, last: Instant): void {
  const { random, diary } = life;
  if (random.chance(0.02)) {
    const at = last + days(random, 20, 120);
    diary.told(at, 'Farewell Requested', { reason: random.pick(NPS_REASONS.low) });
    diary.told(at + 1, 'Consent Withdrawn', { channel: '*', basis: 'farewell', source: 'letter' });
  } else if (random.chance(0.015)) {
    diary.told(last + days(random, 10, 90), 'Account Closed', { by: 'customer' });
  }
}

function firstOf({ basket }: Delivered): string {
  return basket.lines[0]?.product.id ?? '';
}

function clamp(value: number, from: number, to: number): number {
  return Math.min(Math.max(value, from), to);
}
