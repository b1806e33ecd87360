// State, severity and free text. Every change goes into the address, so that a filtered list can be sent to a colleague.
import { Group, NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useLocale } from '../locales/locale-context.tsx';
import { navigate } from '../navigation.tsx';
import { type IncidentFilters, incidentsPath, pickChoice, severityChoices, stateChoices } from '../routes.ts';

export function FilterBar({ filters }: { filters: IncidentFilters }) {
  const { t } = useLocale();
  const apply = (change: Partial<IncidentFilters>) =>
    navigate(incidentsPath({ ...filters, ...change }), { replace: true });
  const options = <T extends string>(choices: readonly T[], words: Record<T, string>) => [
    { value: '', label: t.filterAny },
    ...choices.map((value) => ({ value, label: words[value] })),
  ];
  return (
    <Group component="search" gap="sm" align="flex-end">
      <NativeSelect
        label={t.filterState}
        value={filters.state ?? ''}
        onChange={(event) => apply({ state: pickChoice(stateChoices, event.currentTarget.value) })}
        data={options(stateChoices, t.state)}
      />
      <NativeSelect
        label={t.filterSeverity}
        value={filters.severity ?? ''}
        onChange={(event) => apply({ severity: pickChoice(severityChoices, event.currentTarget.value) })}
        data={options(severityChoices, t.severity)}
      />
      <SearchField q={filters.q} onSearch={(q) => apply({ q })} />
    </Group>
  );
}

const pauseMs = 300;

/** Searches once the typing pauses. */
function SearchField({ q, onSearch }: { q: string; onSearch: (q: string) => void }) {
  const { t } = useLocale();
  const [text, setText] = useState(q);
  const [known, setKnown] = useState(q);
  // The address changed by other means (back, clear filters): it wins over the field.
  if (q !== known) {
    setKnown(q);
    if (q !== text.trim()) setText(q);
  }
  useEffect(() => {
    if (text.trim() === q) return;
    const timer = setTimeout(() => onSearch(text.trim()), pauseMs);
    return () => clearTimeout(timer);
  }, [text, q, onSearch]);
  return (
    <TextInput
      type="search"
      style={{ flex: '1 1 12rem' }}
      label={t.filterSearch}
      placeholder={t.filterSearchHint}
      value={text}
      maxLength={200}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}
