// Which conversations and complaints are open: the newest word on each. One that carries no id is one of all such.
import type { EventFact } from '../input.ts';
import type { ConversationsSlot, ConversationWord } from './slot.ts';
import { isLater, recentValue } from './slots.ts';

const CONVERSATIONS_MAX = 32;
/** A complaint is an unhappy conversation. */
const OPENING = ['Conversation Started', 'Conversation Reopened', 'Complaint Opened'];
const CLOSING = ['Conversation Resolved', 'Conversation Closed', 'Complaint Resolved'];
export const CONVERSATION_EVENTS: readonly string[] = [...OPENING, ...CLOSING];

const NONE: ConversationsSlot = { kind: 'conversations', words: [], closed: null };

export function foldConversation(slot: ConversationsSlot | undefined, event: EventFact): ConversationsSlot {
  const before = slot ?? NONE;
  const { conversation_id, complaint_id } = event.properties;
  const named = [conversation_id, complaint_id].find((id) => id !== '' && recentValue(id) !== undefined);
  const key = recentValue(named) ?? '';
  const opens = OPENING.includes(event.name);
  return key === '' && !opens
    ? closedAt(before, [event.at, event.id])
    : withWord(before, [event.at, event.id, key, opens]);
}

export function mergeConversations(a: ConversationsSlot, b: ConversationsSlot): ConversationsSlot {
  const merged = b.words.reduce(withWord, a);
  return b.closed === null ? merged : closedAt(merged, b.closed);
}

/** The words that opened what is open, newest first. */
export function openConversations({ words, closed }: ConversationsSlot): readonly ConversationWord[] {
  return words.filter(
    ([at, id, , opens]) => opens && (closed === null || isLater(at, id, closed[0], closed[1])),
  );
}

function withWord(slot: ConversationsSlot, word: ConversationWord): ConversationsSlot {
  const [at, id, key] = word;
  const known = slot.words.find((each) => each[2] === key);
  if (known !== undefined && isLater(known[0], known[1], at, id)) return slot;
  const others = slot.words.filter((each) => each !== known);
  let i = 0;
  while (i < others.length && isLater(others[i]![0], others[i]![1], at, id)) i++;
  if (i >= CONVERSATIONS_MAX) return slot;
  return { ...slot, words: others.toSpliced(i, 0, word).slice(0, CONVERSATIONS_MAX) };
}

function closedAt(slot: ConversationsSlot, closed: readonly [number, string]): ConversationsSlot {
  const known = slot.closed;
  return known !== null && isLater(known[0], known[1], closed[0], closed[1]) ? slot : { ...slot, closed };
}
