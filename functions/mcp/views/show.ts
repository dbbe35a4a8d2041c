import { type Content, contentIn, element } from './elements.ts';
import { type Formats, formatsFor } from './formats.ts';
import { type Context, connect, type Fields, type Host, type ToolResult } from './host.ts';
import { fitTables, setRoom } from './table.ts';

/** What a view is made from. */
export interface Shown {
  /** The tool's structured content. */
  readonly answer: Fields;
  /** What the tool was called with. */
  readonly args: Fields;
  readonly formats: Formats;
  readonly host: Host;
}

/** What a view shows, with a heading for those who hear it: a host has put its own above the frame. */
export interface Titled {
  readonly title: string;
  readonly content: readonly Content[];
}

type State =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'answered'; readonly answer: Fields }
  | { readonly kind: 'message'; readonly text: string; readonly alert: boolean };

/** The most that a conversation gives a frame without scrolling; hosts may say less. */
const inlineHeight = 500;

/**
 * Runs a view: connects it with its host and shows what comes, which is an answer, an error, or the end of a call
 * without either.
 */
export function show(name: string, contentOf: (shown: Shown) => Titled): void {
  const main = document.querySelector('main')!;
  let state: State = { kind: 'waiting' };
  let args: Fields = {};
  let context: Context = {};
  let formats = formatsFor();

  function draw(): void {
    if (state.kind === 'waiting') return;
    const { title, content } =
      state.kind === 'answered' ? contentOf({ answer: state.answer, args, formats, host }) : messageOf(state);
    main.replaceChildren(element('h1', { class: 'heard' }, title), ...contentIn(content));
    main.removeAttribute('aria-busy');
    fitTables(main);
  }

  const host = connect(name, {
    context(changed) {
      const localeBefore = context.locale;
      context = changed;
      adopt(context);
      if (context.locale !== localeBefore) {
        formats = formatsFor(context.locale);
        draw();
      } else fitTables(main);
    },
    input(given) {
      args = given;
    },
    result(result) {
      state = stateOf(result);
      draw();
    },
    cancelled(reason) {
      state = { kind: 'message', text: reason || 'The question was cancelled.', alert: false };
      draw();
    },
  });
  let width = window.innerWidth;
  window.addEventListener('resize', () => {
    // Its height follows from what is shown.
    if (window.innerWidth !== width) fitTables(main);
    width = window.innerWidth;
  });
}

const messageOf = ({ text, alert }: State & { kind: 'message' }): Titled => ({
  title: alert ? 'No answer' : 'Cancelled',
  content: [element('p', { class: 'message', role: alert ? 'alert' : 'status' }, text)],
});

/** The answer of a result, or what is wrong with it. @throws {Error} when it has no answer */
export function answerIn(result: ToolResult): Fields {
  const state = stateOf(result);
  if (state.kind === 'answered') return state.answer;
  throw new Error(state.kind === 'message' ? state.text : '');
}

function stateOf({ isError, structuredContent, content = [] }: ToolResult): State {
  if (!isError && structuredContent) return { kind: 'answered', answer: structuredContent };
  const text = content.flatMap((block) => (block.type === 'text' ? (block.text ?? '') : [])).join('\n');
  return { kind: 'message', text: isError && text ? text : 'This answer cannot be shown here.', alert: true };
}

/** Takes on the looks of the host, and the room that it gives. */
function adopt({ theme, styles, displayMode, containerDimensions, safeAreaInsets }: Context): void {
  const { dataset, style } = document.documentElement;
  if (theme === 'light' || theme === 'dark') {
    dataset.theme = theme;
    style.colorScheme = theme;
  }
  for (const [name, value] of Object.entries(styles?.variables ?? {})) {
    if (name.startsWith('--') && value !== undefined) style.setProperty(name, value);
  }
  if (safeAreaInsets) {
    const { top, right, bottom, left } = safeAreaInsets;
    document.body.style.padding = [top, right, bottom, left]
      .map((inset) => `${Number(inset) || 0}px`)
      .join(' ');
  }
  const inline = displayMode !== 'fullscreen';
  const given = containerDimensions?.height ?? containerDimensions?.maxHeight;
  setRoom(inline ? Math.min(given ?? inlineHeight, inlineHeight) : Number.POSITIVE_INFINITY);
}
