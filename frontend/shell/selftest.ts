/** Placeholder: the dispatch package is built from here. */
export {};
