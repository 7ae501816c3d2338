/** Modules that only patch what Node has already. */
export default {};
