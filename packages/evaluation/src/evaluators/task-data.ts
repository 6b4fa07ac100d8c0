/** What a config's tasks read: files and folders by their paths, and what cannot be seen. */
export interface TaskData {
  readonly paths: readonly string[];
  readonly unseen: string | null;
}
