// The blocks of a letter, one below the other: written in place, moved by dragging or by keys, copied, taken out. Every change is the
// caller's to keep, and to take back.
import { randomKey } from '../../lib/random-key.ts';
import { ActionIcon, Button, Menu } from '@mantine/core';
import { useState, type DragEvent, type KeyboardEvent } from 'react';
import type { FieldProblem } from '../../api/problem.ts';
import {
  added,
  blockKinds,
  blockNames,
  changedIn,
  duplicated,
  gistOf,
  isSimple,
  moved,
  newBlock,
  removed,
  type Block,
  type BlockKind,
  type SimpleBlock,
} from '../../lib/letter.ts';
import { Icon } from '../icons.tsx';
import { BlockFields } from './block-fields.tsx';
import './block-list.css';

export interface BlockListProps<B extends Block> {
  /** Of the list, for those who hear it: "Blocks of the letter". */
  readonly label: string;
  readonly blocks: readonly B[];
  readonly kinds: readonly BlockKind[];
  /** `about`: what was changed, so that typing on is one step back. */
  readonly onChange: (blocks: readonly B[], about: string | null) => void;
  readonly onRemoved: (block: B) => void;
  readonly problems: readonly FieldProblem[];
  /** Where the list stands, as problems name it: `/letter/blocks`. */
  readonly at: string;
  readonly readOnly: boolean;
}

const dragged = 'application/x-rapport-block';
const newId = (): string => randomKey().slice(0, 12);

export function BlockList<B extends Block>(props: BlockListProps<B>) {
  const { label, blocks, kinds, onChange, readOnly } = props;
  const [over, setOver] = useState<number | null>(null);
  const drop = (event: DragEvent, before: number): void => {
    const id = event.dataTransfer.getData(dragged);
    setOver(null);
    if (!blocks.some((block) => block.id === id)) return;
    event.preventDefault();
    onChange(moved(blocks, id, before), null);
  };
  return (
    <div className="stack-tight">
      <ol className="blocks" aria-label={label}>
        {blocks.map((block, i) => (
          <li
            key={block.id}
            className="block"
            data-over={over === i || undefined}
            onDragOver={(event) => {
              if (!event.dataTransfer.types.includes(dragged)) return;
              event.preventDefault();
              setOver(i);
            }}
            onDragLeave={() => setOver(null)}
            onDrop={(event) => drop(event, i)}
          >
            <BlockCard {...props} block={block} index={i} />
          </li>
        ))}
      </ol>
      {!readOnly && (
        <AddBlock
          kinds={kinds}
          onAdd={(kind) => onChange(added(blocks, newBlock(kind, newId()) as B, blocks.length), null)}
        />
      )}
    </div>
  );
}

function BlockCard<B extends Block>(
  props: BlockListProps<B> & { readonly block: B; readonly index: number },
) {
  const { block, index, blocks, onChange, onRemoved, problems, at, readOnly } = props;
  const here = `${at}/${index}`;
  const problemAt = (part: string): string | undefined => {
    const found = problems.find(({ path }) => path === `${here}/${part}`);
    return found && `${found.message} ${found.hint ?? ''}`.trim();
  };
  const change = (next: Block): void => onChange(changedIn(blocks, next as B), block.id);
  return (
    <>
      <BlockHead {...props} />
      {isSimple(block) ? (
        <BlockFields block={block} onChange={change} problemAt={problemAt} readOnly={readOnly} />
      ) : (
        <div className="block-columns">
          {(['left', 'right'] as const).map((side) => (
            <BlockList<SimpleBlock>
              key={side}
              label={side === 'left' ? 'Left column' : 'Right column'}
              blocks={block[side]}
              kinds={blockKinds.filter((kind) => kind !== 'columns')}
              problems={problems}
              at={`${here}/${side}`}
              readOnly={readOnly}
              onRemoved={() => onRemoved(block)}
              onChange={(inner, about) =>
                onChange(changedIn(blocks, { ...(block as Block), [side]: inner } as B), about)
              }
            />
          ))}
        </div>
      )}
    </>
  );
}

function BlockHead<B extends Block>({
  block,
  index,
  blocks,
  kinds,
  onChange,
  onRemoved,
  readOnly,
}: BlockListProps<B> & { readonly block: B; readonly index: number }) {
  const name = blockNames[block.kind];
  const gist = gistOf(block);
  const called = `${name} ${index + 1}${gist === '' ? '' : `, “${gist}”`}`;
  const move = (by: -1 | 1): void => onChange(moved(blocks, block.id, by < 0 ? index - 1 : index + 2), null);
  const byKey = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : null;
    if (by === null) return;
    event.preventDefault();
    move(by);
  };
  return (
    <div className="block-head">
      {!readOnly && (
        <button
          type="button"
          className="block-handle"
          draggable
          aria-label={`Move ${called}`}
          title="Drag, or press the up and down keys"
          onDragStart={(event) => {
            event.dataTransfer.setData(dragged, block.id);
            event.dataTransfer.effectAllowed = 'move';
          }}
          onKeyDown={byKey}
        >
          <span aria-hidden="true">⠿</span>
        </button>
      )}
      <span className="block-name">{name}</span>
      {!readOnly && (
        <span className="block-actions">
          <Action label={`Move ${called} up`} disabled={index === 0} press={() => move(-1)}>
            ↑
          </Action>
          <Action label={`Move ${called} down`} disabled={index === blocks.length - 1} press={() => move(1)}>
            ↓
          </Action>
          <AddBlock
            kinds={kinds}
            small
            label={`Add below ${called}`}
            onAdd={(kind) => onChange(added(blocks, newBlock(kind, newId()) as B, index + 1), null)}
          />
          <Action
            label={`Copy ${called}`}
            press={() => onChange(added(blocks, duplicated(block, newId) as B, index + 1), null)}
          >
            <Icon name="copy" size={16} />
          </Action>
          <Action
            label={`Take out ${called}`}
            press={() => {
              onChange(removed(blocks, block.id), null);
              onRemoved(block);
            }}
          >
            <Icon name="cross" size={16} />
          </Action>
        </span>
      )}
    </div>
  );
}

function Action({
  label,
  press,
  disabled = false,
  children,
}: {
  readonly label: string;
  readonly press: () => void;
  readonly disabled?: boolean;
  readonly children: React.ReactNode;
}) {
  return (
    <ActionIcon
      variant="subtle"
      size={28}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={press}
    >
      <span aria-hidden="true">{children}</span>
    </ActionIcon>
  );
}

function AddBlock({
  kinds,
  onAdd,
  small = false,
  label = 'Add a block',
}: {
  readonly kinds: readonly BlockKind[];
  readonly onAdd: (kind: BlockKind) => void;
  readonly small?: boolean;
  readonly label?: string;
}) {
  return (
    <Menu position="bottom-start" width={220}>
      <Menu.Target>
        {small ? (
          <ActionIcon variant="subtle" size={28} aria-label={label} title={label}>
            <Icon name="plus" size={16} />
          </ActionIcon>
        ) : (
          <Button variant="default" leftSection={<Icon name="plus" size={16} />} className="block-add">
            {label}
          </Button>
        )}
      </Menu.Target>
      <Menu.Dropdown>
        {kinds.map((kind) => (
          <Menu.Item key={kind} onClick={() => onAdd(kind)}>
            {blockNames[kind]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
