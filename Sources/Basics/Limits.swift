/// Every limit of the house, one extension file for each area (`Limits+JSON.swift`, ...).
///
/// A limit has its unit in its name and its reason in its comment. None can be switched off; how
/// they relate to one another is asserted in `Tests/BasicsTests/LimitsTests.swift`.
public enum Limits {}
