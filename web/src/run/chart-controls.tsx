// What all charts of a run share: name search, logarithmic heights, smoothing, rank, other runs, and the way back from a range.
import { Button, MultiSelect, NativeSelect, Slider, Switch, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFoundRuns, useRunsById } from '../api/run-queries.ts';
import { SearchField } from '../components/search-field.tsx';
import { useFormat } from '../i18n/use-format.ts';
import { maxOverlaid } from '../search/run.ts';
import classes from './charts-tab.module.css';
import type { RunTabProps } from './tab-props.ts';

interface ChartControlsProps extends Pick<RunTabProps, 'search' | 'change'> {
  runId: string;
  /** Ranks among the series that are shown. */
  ranks: readonly number[];
  worldSize: number | null;
  zoomed: boolean;
  onReset: () => void;
}

export function ChartControls({ runId, search, change, ranks, worldSize, zoomed, onReset }: ChartControlsProps) {
  const { t } = useTranslation('run');
  const known = [...new Set([...ranks, ...(search.rank === undefined ? [] : [search.rank])])].sort((a, b) => a - b);
  const hasRanks = known.length > 1 || search.rank !== undefined || (worldSize ?? 1) > 1;
  return (
    <div className={classes.controls}>
      <SearchField
        label={t('metricSearch')}
        placeholder={t('metricSearchHint')}
        q={search.metric ?? ''}
        onSearch={(metric) => change({ metric: metric === '' ? undefined : metric })}
      />
      <OverlayPicker runId={runId} chosen={search.with ?? []} onChange={(ids) => change({ with: ids })} />
      {hasRanks && (
        <NativeSelect
          label={t('rankFilter')}
          value={search.rank === undefined ? '' : String(search.rank)}
          onChange={(event) =>
            change({ rank: event.currentTarget.value === '' ? undefined : Number(event.currentTarget.value) })
          }
          data={[
            { value: '', label: t('everyRank') },
            ...known.map((rank) => ({ value: String(rank), label: t('rank', { rank }) })),
          ]}
        />
      )}
      <Smoothing
        value={search.smooth ?? 0}
        onChange={(smooth) => change({ smooth: smooth === 0 ? undefined : smooth })}
      />
      <Switch
        label={t('logScale')}
        checked={search.log === true}
        onChange={(event) => change({ log: event.currentTarget.checked || undefined })}
      />
      <Switch
        label={t('asTable')}
        checked={search.table === true}
        onChange={(event) => change({ table: event.currentTarget.checked || undefined })}
      />
      {zoomed && (
        <Button variant="light" size="sm" onClick={onReset}>
          {t('wholeRun')}
        </Button>
      )}
    </div>
  );
}

function Smoothing({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  const { t } = useTranslation('run');
  const format = useFormat();
  const labelId = useId();
  const [dragged, setDragged] = useState<number | null>(null);
  return (
    <div className={classes.smoothing}>
      <Text size="sm" fw={500} id={labelId}>
        {t('smoothing')} {format.percent((dragged ?? value) / 100)}
      </Text>
      <Slider
        aria-labelledby={labelId}
        thumbLabel={t('smoothing')}
        label={null}
        min={0}
        max={99}
        value={dragged ?? value}
        onChange={setDragged}
        onChangeEnd={(next) => {
          setDragged(null);
          onChange(next);
        }}
      />
    </div>
  );
}

/** Other runs to lay over this one: found by name, kept in the address. */
function OverlayPicker({
  runId,
  chosen,
  onChange,
}: {
  runId: string;
  chosen: string[];
  onChange: (ids: string[]) => void;
}) {
  const { t } = useTranslation('run');
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 250);
  const { data } = useFoundRuns(q === '' ? {} : { q });
  const named = useRunsById(chosen);
  const found = (data?.items ?? []).filter(({ id }) => id !== runId && !chosen.includes(id));
  return (
    <MultiSelect
      className={classes.overlay}
      label={t('overlay')}
      placeholder={chosen.length === 0 ? t('overlayHint') : undefined}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('overlayClear') }}
      maxValues={maxOverlaid}
      searchValue={typed}
      onSearchChange={setTyped}
      value={chosen}
      onChange={onChange}
      nothingFoundMessage={t('overlayNothing')}
      // The server has searched: what it answered is shown, whatever of it was found where.
      filter={({ options }) => options}
      data={[
        ...named.map(({ id, run }) => ({ value: id, label: run?.name ?? id })),
        ...found.map(({ id, name }) => ({ value: id, label: name === id ? id : `${name} (${id})` })),
      ]}
    />
  );
}
