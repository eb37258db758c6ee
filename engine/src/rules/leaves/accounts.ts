// Leaves about the account somebody belongs to, and whether a conversation with them is open. Only new events change them.
import type { Scope } from '../../memory/plan.ts';
import { ACCOUNTS_KEY, CONVERSATIONS_KEY } from '../../memory/plan.ts';
import { openConversations } from '../../memory/conversations.ts';
import type { Account, ConversationWord } from '../../memory/slot.ts';
import type { Memory } from '../../person.ts';
import { compileComparison } from '../compare.ts';
import type { Leaf } from '../evaluate.ts';
import { lasting } from '../evaluate.ts';
import type { Rule } from '../rule.ts';
import { dateWords, plural, quoted, valueWords } from '../words.ts';
import { readTraits } from './facts.ts';

export function compileAccount(rule: Extract<Rule, { kind: 'account' }>, scope: Scope): Leaf {
  const test = compileComparison(rule.op, rule.value, scope.zone);
  const { path } = rule;
  const read = path === undefined ? null : readTraits(path);
  const valueOf = (account: Account | undefined) => {
    if (account === undefined) return undefined;
    return read === null ? account.id : read(account.traits);
  };
  return {
    needs: [{ kind: 'accounts' }],
    reads: [],
    ask: ({ memory }) => lasting(test(valueOf(accountOf(memory)))),
    evidence: ({ memory }) => {
      const account = accountOf(memory);
      if (account === undefined) return 'in no account';
      const value = path === undefined ? '' : `: ${valueWords(valueOf(account))}`;
      return `in ${quoted(account.id)}, last said on ${dateWords(scope.zone, account.at)}${value}`;
    },
  };
}

export function compileOpenConversation(scope: Scope): Leaf {
  return {
    needs: [{ kind: 'conversations' }],
    reads: [],
    ask: ({ memory }) => lasting(openOf(memory).length > 0),
    evidence: ({ memory }) => {
      const open = openOf(memory);
      const newest = open[0];
      if (newest === undefined) return 'none open';
      return `${plural(open.length, 'conversation')} open, the newest since ${dateWords(scope.zone, newest[0])}`;
    },
  };
}

function accountOf(memory: Memory): Account | undefined {
  const slot = memory.slots[ACCOUNTS_KEY];
  return slot?.kind === 'accounts' ? slot.accounts[0] : undefined;
}

function openOf(memory: Memory): readonly ConversationWord[] {
  const slot = memory.slots[CONVERSATIONS_KEY];
  return slot?.kind === 'conversations' ? openConversations(slot) : [];
}
