// A word in the sentence that opens a searchable list: for names of which there may be thousands. What is not in the list may be
// typed where the caller allows it.
import { Combobox, useCombobox } from '@mantine/core';
import { useEffect, useEffectEvent, useMemo, useRef, useState, type ReactNode } from 'react';
import { Icon } from '../icons.tsx';

export interface PickOption {
  readonly value: string;
  readonly text: string;
  readonly note?: string | undefined;
  /** Other letters it is found by. */
  readonly also?: string;
}

export interface PickGroup {
  readonly label?: string;
  readonly options: readonly PickOption[];
}

export interface WordPickerProps {
  readonly label: string;
  /** The word as it stands in the sentence. */
  readonly children: ReactNode;
  readonly groups: readonly PickGroup[];
  readonly chosen?: string | undefined;
  /** Options made of what was typed. */
  readonly typed?: (search: string) => readonly PickOption[];
  readonly onPick: (value: string) => void;
  readonly onRemove?: (() => void) | undefined;
  readonly empty?: string;
  readonly wrong?: boolean;
  readonly describedBy?: string | undefined;
  readonly look?: 'word' | 'add';
  /** What was picked takes the focus itself. */
  readonly leaves?: boolean;
}

const shownMax = 50;
const removed = '\u0000remove';

export function WordPicker(props: WordPickerProps) {
  const { label, groups, chosen, typed, onPick, onRemove, empty, look = 'word', leaves = false } = props;
  const picked = useRef(false);
  const [search, setSearch] = useState('');
  const box = useCombobox({
    onDropdownClose: () => {
      box.resetSelectedOption();
      if (!(leaves && picked.current)) box.focusTarget();
      setSearch('');
    },
    onDropdownOpen: () => {
      picked.current = false;
      box.focusSearchInput();
      box.updateSelectedOptionIndex('active');
    },
  });
  const opened = box.dropdownOpened;
  const { found, more } = useMemo(
    () => (opened ? filtered(groups, search) : { found: [], more: 0 }),
    [opened, groups, search],
  );
  const selectFirst = useEffectEvent(() => box.selectFirstOption());
  useEffect(() => {
    if (search !== '') selectFirst();
  }, [search]);
  const own = typed && search.trim() !== '' ? typed(search) : [];
  const nothing = found.length === 0 && own.length === 0;
  return (
    <Combobox
      store={box}
      width={340}
      position="bottom-start"
      shadow="none"
      transitionProps={{ duration: 100 }}
      onOptionSubmit={(value) => {
        picked.current = true;
        box.closeDropdown();
        if (value === removed) onRemove?.();
        else onPick(value);
      }}
    >
      <Combobox.Target targetType="button" withAriaAttributes={false}>
        <button
          type="button"
          className={look === 'add' ? 'word-add' : 'word word-pick'}
          aria-label={look === 'add' ? label : `${label}: ${plainWords(props.children)}`}
          aria-haspopup="listbox"
          aria-expanded={opened}
          aria-describedby={props.wrong ? props.describedBy : undefined}
          data-wrong={props.wrong || undefined}
          onClick={() => box.toggleDropdown()}
          onKeyDown={(event) => {
            // Letters typed on the word, or before its list has the focus, belong to the search.
            const letter = event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey;
            if (!letter || event.altKey) return;
            event.preventDefault();
            box.openDropdown();
            setSearch((before) => before + event.key);
          }}
        >
          {look === 'add' && <Icon name="plus" size={16} />}
          <bdi>{props.children}</bdi>
        </button>
      </Combobox.Target>
      <Combobox.Dropdown>
        {opened && (
          <>
            <Combobox.Search
              aria-label={label}
              placeholder={typed ? 'Find or type' : 'Find'}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
            <Combobox.Options mah={320} style={{ overflowY: 'auto' }} aria-label={label}>
              {found.map((group, i) => (
                <Group key={group.label ?? i} group={group} chosen={chosen} />
              ))}
              {own.map((option) => (
                <Combobox.Option key={`own ${option.value}`} value={option.value}>
                  <span className="pick-text">{option.text}</span>
                  {option.note && <span className="pick-note">{option.note}</span>}
                </Combobox.Option>
              ))}
              {onRemove && search === '' && (
                <Combobox.Option value={removed}>
                  <span className="pick-text pick-remove">Take this out</span>
                </Combobox.Option>
              )}
              {nothing && (
                <Combobox.Empty>
                  {search === '' ? (empty ?? 'Nothing to choose from yet.') : 'Nothing has these letters.'}
                </Combobox.Empty>
              )}
            </Combobox.Options>
            {more > 0 && <p className="pick-more">and {more} more: type a few letters</p>}
          </>
        )}
      </Combobox.Dropdown>
    </Combobox>
  );
}

function Group({ group, chosen }: { readonly group: PickGroup; readonly chosen: string | undefined }) {
  const options = group.options.map((option) => (
    <Combobox.Option key={option.value} value={option.value} active={option.value === chosen}>
      <span className="pick-text">
        <bdi>{option.text}</bdi>
      </span>
      {option.note && <span className="pick-note">{option.note}</span>}
    </Combobox.Option>
  ));
  return group.label === undefined ? (
    <>{options}</>
  ) : (
    <Combobox.Group label={group.label}>{options}</Combobox.Group>
  );
}

/** Those whose words begin with the letters first; never more than a screen or two. */
function filtered(
  groups: readonly PickGroup[],
  search: string,
): { readonly found: readonly PickGroup[]; readonly more: number } {
  const wanted = search.trim().toLowerCase();
  const words = wanted.split(/\s+/);
  let left = shownMax;
  let more = 0;
  const found: PickGroup[] = [];
  for (const group of groups) {
    const hits =
      wanted === ''
        ? group.options
        : group.options
            .map((option) => ({ option, rank: rankOf(option, wanted, words) }))
            .filter(({ rank }) => rank < 3)
            .sort((a, b) => a.rank - b.rank)
            .map(({ option }) => option);
    const options = hits.slice(0, left);
    left -= options.length;
    more += hits.length - options.length;
    if (options.length > 0) found.push({ ...group, options });
  }
  return { found, more };
}

function rankOf(option: PickOption, wanted: string, words: readonly string[]): number {
  const text = option.text.toLowerCase();
  if (text.startsWith(wanted)) return 0;
  if (text.includes(wanted)) return 1;
  const all = `${text} ${option.also ?? ''} ${option.note ?? ''}`.toLowerCase();
  return words.every((word) => all.includes(word)) ? 2 : 3;
}

function plainWords(node: ReactNode): string {
  return typeof node === 'string' ? node : '';
}
