// Finds one person by words of their name, an address, a number or an order.
import { Combobox, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { itemsOf } from '../api/page.ts';
import { peopleQuery, type PersonRow } from '../api/people.ts';
import { nameOf } from './person-name.tsx';

export interface PersonPickerProps {
  readonly label: string;
  readonly onPick: (person: PersonRow) => void;
}

export function PersonPicker({ label, onPick }: PersonPickerProps) {
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), 200);
  const people = useInfiniteQuery({ ...peopleQuery({ search: asked }), enabled: asked !== '' });
  const found = asked === '' || !people.data ? [] : itemsOf(people.data).slice(0, 8);
  const box = useCombobox({ onDropdownClose: () => box.resetSelectedOption() });
  return (
    <Combobox
      store={box}
      shadow="none"
      onOptionSubmit={(id) => {
        const person = found.find((one) => one.id === id);
        box.closeDropdown();
        setSearch('');
        if (person) onPick(person);
      }}
    >
      <Combobox.Target>
        <TextInput
          label={label}
          placeholder="Name or address"
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            box.openDropdown();
          }}
          onBlur={() => box.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={asked === ''}>
        <Combobox.Options aria-label={label}>
          {found.map((person) => (
            <Combobox.Option key={person.id} value={person.id}>
              <bdi>{nameOf(person)}</bdi>
              {person.email && <span className="pick-note">{person.email}</span>}
            </Combobox.Option>
          ))}
          {found.length === 0 && (
            <Combobox.Empty>{people.isFetching ? 'Looking …' : 'Nobody is found by that.'}</Combobox.Empty>
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
