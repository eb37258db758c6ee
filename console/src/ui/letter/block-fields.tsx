// What one block says, to be written in place.
import { Checkbox, SegmentedControl, TextInput } from '@mantine/core';
import type { SimpleBlock } from '../../lib/letter.ts';
import { RichText } from './rich-text.tsx';

export interface BlockFieldsProps {
  readonly block: SimpleBlock;
  readonly onChange: (block: SimpleBlock) => void;
  /** What is wrong at a part of it: `text`, `url`, … */
  readonly problemAt: (part: string) => string | undefined;
  readonly readOnly: boolean;
}

export function BlockFields({ block, onChange, problemAt, readOnly }: BlockFieldsProps) {
  switch (block.kind) {
    case 'heading':
    case 'text':
      return (
        <RichText
          label={block.kind === 'heading' ? 'Heading' : 'Text'}
          value={block.text}
          {...(block.kind === 'heading' ? { line: 'heading' as const } : {})}
          problem={problemAt('text')}
          readOnly={readOnly}
          onChange={(text) => onChange({ ...block, text })}
        />
      );
    case 'button':
      return (
        <div className="block-pair">
          <TextInput
            label="Says"
            value={block.label}
            error={problemAt('label')}
            readOnly={readOnly}
            maxLength={120}
            onChange={(event) => onChange({ ...block, label: event.currentTarget.value })}
          />
          <TextInput
            label="Leads to"
            placeholder="https://"
            value={block.url}
            error={problemAt('url')}
            readOnly={readOnly}
            onChange={(event) => onChange({ ...block, url: event.currentTarget.value })}
          />
        </div>
      );
    case 'image':
      return <PictureFields block={block} onChange={onChange} problemAt={problemAt} readOnly={readOnly} />;
    case 'space':
      return (
        <SegmentedControl
          aria-label="How much space"
          data={[
            { value: 'small', label: 'A little' },
            { value: 'large', label: 'More' },
          ]}
          value={block.size}
          readOnly={readOnly}
          onChange={(size) => onChange({ ...block, size: size === 'large' ? 'large' : 'small' })}
        />
      );
    case 'offer':
      return (
        <p className="muted">
          The code of the offer, what it gives and until when. The journey’s step says which offer it is.
        </p>
      );
    case 'divider':
      return <hr className="block-line" />;
  }
}

function PictureFields({
  block,
  onChange,
  problemAt,
  readOnly,
}: BlockFieldsProps & { readonly block: Extract<SimpleBlock, { kind: 'image' }> }) {
  return (
    <div className="stack-tight">
      <TextInput
        label="Address of the picture"
        placeholder="https://"
        value={block.src}
        error={problemAt('src')}
        readOnly={readOnly}
        onChange={(event) => onChange({ ...block, src: event.currentTarget.value })}
      />
      <TextInput
        label="In words, for whoever does not see it"
        value={block.alt}
        error={problemAt('alt')}
        readOnly={readOnly || block.decorative}
        maxLength={500}
        onChange={(event) => onChange({ ...block, alt: event.currentTarget.value })}
      />
      <Checkbox
        label="Only decoration"
        checked={block.decorative}
        disabled={readOnly}
        onChange={(event) =>
          onChange({
            ...block,
            decorative: event.currentTarget.checked,
            ...(event.currentTarget.checked ? { alt: '' } : {}),
          })
        }
      />
      <div className="block-pair">
        <TextInput
          label="Leads to (may be empty)"
          placeholder="https://"
          value={block.url}
          error={problemAt('url')}
          readOnly={readOnly}
          onChange={(event) => onChange({ ...block, url: event.currentTarget.value })}
        />
        <SegmentedControl
          aria-label="Width of the picture"
          data={[
            { value: 'whole', label: 'Whole width' },
            { value: 'half', label: 'Half' },
          ]}
          value={block.width}
          readOnly={readOnly}
          onChange={(width) => onChange({ ...block, width: width === 'half' ? 'half' : 'whole' })}
        />
      </div>
    </div>
  );
}
