/** The same messages, in other words: none missing, and none beside. */
export type Like<Pattern> = { [Key in keyof Pattern]: Pattern[Key] extends string ? string : Like<Pattern[Key]> };
