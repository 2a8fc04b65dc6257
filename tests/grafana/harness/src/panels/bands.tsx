/** A stand-in for the state timeline, which is not on npm; its words and colours are Grafana's. */
import { FieldType, getFieldDisplayName, type DataFrame, type Field, type PanelProps } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import { told } from '../told';
import { Nothing, shown } from './shown';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- options as the dashboard has them
type Options = any;
interface Span {
  start: number;
  end: number;
  text: string;
  colour?: string;
}

const DAY = 86_400_000;
const NAMES = 90;
const AXIS = 18;

function spansOf(times: number[], field: Field, step: number): Span[] {
  const spans: Span[] = [];
  times.forEach((start, place) => {
    const value = field.values[place];
    const text = shown(field, value);
    const last = spans[spans.length - 1];
    if (last?.text === text) {
      last.end = start + step;
    } else {
      spans.push({ start, end: start + step, text, colour: field.display!(value).color });
    }
  });
  return spans;
}

function bandsOf(series: DataFrame[]): Array<{ name: string; spans: Span[] }> {
  return series.flatMap((frame) => {
    const time = frame.fields.find((field) => field.type === FieldType.time);
    const others = time ? frame.fields.filter((field) => field !== time) : [];
    const times: number[] = time?.values ?? [];
    const step = times.length > 1 ? times[1] - times[0] : 0;
    return others.map((field) => ({ name: getFieldDisplayName(field, frame, series), spans: spansOf(times, field, step) }));
  });
}

export function Bands(panel: PanelProps<Options>) {
  const { text } = useTheme2().colors;
  const bands = bandsOf(panel.data.series);
  told.panels[panel.title] = bands.map(({ name, spans }) => ({
    name,
    segments: spans.map((span) => [span.text, span.colour, Math.round((span.end - span.start) / 1000)]),
  }));
  if (!bands.length) {
    return <Nothing {...panel} />;
  }
  const [from, to] = [panel.timeRange.from.valueOf(), panel.timeRange.to.valueOf()];
  const x = (at: number) => NAMES + ((Math.max(from, Math.min(to, at)) - from) / (to - from)) * (panel.width - NAMES);
  const each = (panel.height - AXIS) / bands.length;
  const thick = each * panel.options.rowHeight;
  return (
    <svg width={panel.width} height={panel.height} fontSize={12}>
      {bands.map(({ name, spans }, place) => (
        <g key={name} transform={`translate(0 ${place * each})`}>
          <text x={NAMES - 8} y={each / 2 + 4} textAnchor="end" fill={text.primary}>
            {name}
          </text>
          {spans.map((span) => (
            <g key={span.start}>
              <rect x={x(span.start)} y={(each - thick) / 2} width={Math.max(0.5, x(span.end) - x(span.start))} height={thick} fill={span.colour} />
              {x(span.end) - x(span.start) > 40 && (
                <text x={(x(span.start) + x(span.end)) / 2} y={each / 2 + 4} textAnchor="middle" fill="#fff">
                  {span.text}
                </text>
              )}
            </g>
          ))}
        </g>
      ))}
      {[0, 0.25, 0.5, 0.75].map((part) => (
        <text key={part} x={x(from + part * (to - from))} y={panel.height - 4} fill={text.secondary}>
          {new Date(from + part * (to - from)).toISOString().slice(...(to - from > DAY ? [5, 10] : [11, 16]))}
        </text>
      ))}
    </svg>
  );
}
