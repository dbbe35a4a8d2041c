/** One page of the definitions, by topic, so that a model reads a page and not a book. */
export interface Topic {
  /** The end of its address: `finance://definitions/<name>`. */
  name: string;
  title: string;
  /** What it defines, in one line, as the index and the list of resources show it. */
  summary: string;
  /** Markdown, without the title. */
  text: string;
}
