/**
 * The part of Grafana's server that panels talk to: it turns queries into calls of Prometheus' API and answers into data frames.
 *
 * In Grafana this is pkg/promlib; macros and steps are worked out as there.
 */
import { lastValueFrom, from, type Observable } from 'rxjs';
import { rangeUtil } from '@grafana/data';
import { complain, told } from './told';

interface Query {
  refId: string;
  expr: string;
  legendFormat?: string;
  interval?: string;
  intervalMs?: number;
  instant?: boolean;
  range?: boolean;
}
interface Request {
  url: string;
  method?: string;
  data?: { queries: Query[]; from: string; to: string } & Record<string, unknown>;
}
type Labels = Record<string, string>;
type Sample = [number, string];
interface Series {
  metric: Labels;
  value?: Sample;
  values?: Sample[];
}

/** Prometheus answers with no more points than this. */
const MOST_POINTS = 11_000;

export class Backend {
  constructor(
    private readonly prometheus: string,
    private readonly scrapeMs: number
  ) {}

  fetch(request: Request): Observable<unknown> {
    told.pending += 1;
    return from(this.answer(request).finally(() => (told.pending -= 1)));
  }

  get(url: string): Promise<unknown> {
    return lastValueFrom(this.fetch({ url, method: 'GET' })).then((answer) => (answer as { data: unknown }).data);
  }

  datasourceRequest(request: Request): Promise<unknown> {
    return lastValueFrom(this.fetch(request));
  }

  private async answer(request: Request): Promise<unknown> {
    if (request.url.startsWith('/api/ds/query')) {
      const { queries, from: start, to } = request.data!;
      const all = queries.map(async (query) => [query.refId, await this.ask(query, Number(start), Number(to))]);
      return answered(request, { results: Object.fromEntries(await Promise.all(all)) });
    }
    const resource = /\/api\/datasources\/uid\/[^/]+\/resources(\/.*)$/.exec(request.url);
    if (resource) {
      return this.resource(request, resource[1]);
    }
    complain(`nobody answers ${request.url}`);
    throw { status: 404, data: { message: request.url } };
  }

  /** What variables ask: names and values of labels. */
  private async resource(request: Request, path: string): Promise<unknown> {
    const body = new URLSearchParams(request.data as unknown as Labels);
    const response = await fetch(this.prometheus + path, request.method === 'POST' ? { method: 'POST', body } : {});
    const data = await response.json();
    told.queries.push({ kind: 'resource', expr: path, error: data.error });
    if (!response.ok) {
      throw { status: response.status, data };
    }
    return answered(request, data);
  }

  private async ask(query: Query, from: number, to: number): Promise<unknown> {
    const least = query.interval ? rangeUtil.intervalToMs(query.interval) : this.scrapeMs;
    const step = Math.max(query.intervalMs ?? 0, least, Math.ceil((to - from) / MOST_POINTS));
    const instant = Boolean(query.instant) && !query.range;
    const expr = this.filled(query.expr, step, to - from);
    const body = new URLSearchParams({ query: expr, ...(instant ? { time: String(to / 1000) } : span(from, to, step)) });
    const url = `${this.prometheus}/api/v1/${instant ? 'query' : 'query_range'}`;
    const answer = await (await fetch(url, { method: 'POST', body })).json();
    told.queries.push({ kind: instant ? 'instant' : 'range', expr, error: answer.error });
    if (answer.status !== 'success') {
      return { error: answer.error, status: 400, frames: [] };
    }
    const { resultType, result } = answer.data;
    const series: Series[] = resultType === 'scalar' ? [{ metric: {}, value: result }] : result;
    const frames = series.map((each) => frame(each, query, { expr, step, instant, resultType }));
    return { status: 200, frames: frames.length ? frames : [{ schema: { refId: query.refId, fields: [] }, data: { values: [] } }] };
  }

  private filled(expr: string, step: number, range: number): string {
    const macros: Labels = {
      __rate_interval: seconds(Math.max(step + this.scrapeMs, 4 * this.scrapeMs)),
      __interval_ms: String(step),
      __interval: seconds(step),
      __range_ms: String(range),
      __range_s: String(Math.round(range / 1000)),
      __range: `${Math.round(range / 1000)}s`,
    };
    return expr.replace(/\$\{?(__\w+)\}?/g, (found, name) => macros[name] ?? found);
  }
}

function answered(request: Request, data: unknown): unknown {
  return { data, status: 200, ok: true, headers: new Headers(), config: request };
}

function seconds(ms: number): string {
  return ms % 1000 ? `${ms}ms` : `${ms / 1000}s`;
}

function span(from: number, to: number, step: number): Labels {
  const aligned = (ms: number) => String((Math.floor(ms / step) * step) / 1000);
  return { start: aligned(from), end: aligned(to), step: String(step / 1000) };
}

interface Context {
  expr: string;
  step: number;
  instant: boolean;
  resultType: string;
}

function frame(series: Series, query: Query, { expr, step, instant, resultType }: Context): unknown {
  const samples = series.values ?? [series.value!];
  const name = nameOf(series.metric, query.legendFormat ?? '', expr);
  const config = query.legendFormat === '__auto' ? {} : { displayNameFromDS: name };
  const meta = {
    type: instant ? 'numeric-multi' : 'timeseries-multi',
    typeVersion: [0, 1],
    executedQueryString: `Expr: ${expr}\nStep: ${seconds(step)}`,
    custom: { resultType },
  };
  const fields = [
    { name: 'Time', type: 'time', config: { interval: step } },
    { name: series.metric.__name__ ?? 'Value', type: 'number', labels: series.metric, config },
  ];
  const values = [samples.map(([at]) => Math.round(at * 1000)), samples.map(([, value]) => number(value))];
  return { schema: { refId: query.refId, name, meta, fields }, data: { values } };
}

function number(text: string): number {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
}

function nameOf(labels: Labels, legend: string, expr: string): string {
  if (legend && legend !== '__auto') {
    return legend.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, name) => labels[name] ?? '');
  }
  const { __name__: metric = '', ...rest } = labels;
  const text = Object.entries(rest).map(([name, value]) => `${name}="${value}"`);
  return text.length ? `${metric}{${text.join(', ')}}` : metric || expr;
}
