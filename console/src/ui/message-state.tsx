// What became of a message, as a word with its mark.
import { stateWords } from '../lib/words.ts';
import { Badge } from './states.tsx';

export function MessageState({ state }: { readonly state: string }) {
  const words = stateWords(state);
  return (
    <Badge tone={words.tone} icon={words.icon}>
      {words.name}
    </Badge>
  );
}
