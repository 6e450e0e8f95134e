/** The player starts here. */
export {};
