// What is asked for most: state, severity, order and free text; the other filters fold out. Every change goes into the address, so that a
// filtered list can be sent to a colleague.
import { Button, Group, NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { SearchField } from '../components/search-field.tsx';
import { type IncidentSearch, severityChoices, sortChoices, stateChoices } from '../search/incidents.ts';
import { readChoice } from '../search/params.ts';
import { countFilters } from './filters.ts';

interface FilterBarProps {
  search: IncidentSearch;
  onChange: (change: IncidentSearch) => void;
  /** Whether the other filters are folded out. */
  open: boolean;
  onOpen: (open: boolean) => void;
}

export function FilterBar({ search, onChange, open, onOpen }: FilterBarProps) {
  const { t } = useTranslation(['incidents', 'common']);
  const more = countFilters(search);
  const any = { value: '', label: t('filterAny') };
  return (
    <Group component="search" gap="sm" align="flex-end">
      <NativeSelect
        label={t('filterState')}
        value={search.state ?? ''}
        onChange={(event) => onChange({ state: readChoice(stateChoices, event.currentTarget.value) })}
        data={[any, ...stateChoices.map((value) => ({ value, label: t(`common:state.${value}`) }))]}
      />
      <NativeSelect
        label={t('filterSeverity')}
        value={search.severity ?? ''}
        onChange={(event) => onChange({ severity: readChoice(severityChoices, event.currentTarget.value) })}
        data={[any, ...severityChoices.map((value) => ({ value, label: t(`common:severity.${value}`) }))]}
      />
      <NativeSelect
        label={t('sort')}
        value={search.sort ?? ''}
        onChange={(event) => onChange({ sort: readChoice(sortChoices, event.currentTarget.value) })}
        data={[
          { value: '', label: t('sortBy.lastSeen') },
          ...sortChoices.map((value) => ({ value, label: t(`sortBy.${value}`) })),
        ]}
      />
      <SearchField
        label={t('filterSearch')}
        placeholder={t('filterSearchHint')}
        q={search.q ?? ''}
        onSearch={(q) => onChange({ q: q === '' ? undefined : q })}
      />
      <Button variant="default" aria-expanded={open} onClick={() => onOpen(!open)}>
        {more > 0 ? t('moreFiltersSet', { count: more }) : t('moreFilters')}
      </Button>
    </Group>
  );
}
