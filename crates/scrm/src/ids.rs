//! Ids as types, so that a staff id cannot be passed for a group's.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl From<$name> for store::Value<'_> {
            fn from(id: $name) -> Self {
                Self::Int(id.0)
            }
        }

        impl store::FromColumn for $name {
            fn from_column(row: &store::Row<'_>, index: usize) -> Result<Self, store::Error> {
                row.get(index).map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// A WeCom company, numbered within this installation.
    CorpId;
    /// A department: WeCom's own number, up to 2^32 - 1.
    DepartmentId;
    /// A member of staff, 15 digits.
    StaffId;
    /// A customer group, 15 digits.
    GroupId;
    /// A customer, 15 digits.
    CustomerId;
    /// A tag, ours on groups or WeCom's on customers.
    TagId;
    /// A group of tags.
    TagGroupId;
    /// An SOP, inside the program.
    SopId;
    /// One message handed to WeCom for one owner.
    BatchId;
    /// A file in the library, a short number.
    FileId;
    /// A material, inside the program.
    MaterialId;
    /// A user of the console.
    UserId;
}

/// The id of an SOP, task or material as other programs see it: 16 bytes, written as 32 lower-case hex
/// digits.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(into = "String", try_from = "String")]
pub struct PublicId(pub [u8; 16]);

impl PublicId {
    /// A new id, a version 7 UUID: the time, then chance.
    pub fn new(now_ms: i64, random: &ambient::Random) -> Self {
        let now_ms = u64::try_from(now_ms).unwrap_or_default();
        let chance = random.bytes::<10>();
        Self(uuid::Builder::from_unix_timestamp_millis(now_ms, &chance).into_uuid().into_bytes())
    }

    /// Reads 32 hex digits, as written by `Display`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl From<PublicId> for String {
    fn from(id: PublicId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for PublicId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("an id has 32 hexadecimal digits")
    }
}

impl std::fmt::Display for PublicId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut digits = [0; 32];
        hex::encode_to_slice(self.0, &mut digits).expect("it has twice as many");
        f.write_str(str::from_utf8(&digits).expect("digits are ASCII"))
    }
}

impl std::fmt::Debug for PublicId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl<'a> From<&'a PublicId> for store::Value<'a> {
    fn from(id: &'a PublicId) -> Self {
        Self::Bytes(&id.0)
    }
}

impl store::FromColumn for PublicId {
    fn from_column(row: &store::Row<'_>, index: usize) -> Result<Self, store::Error> {
        row.get(index).map(Self)
    }
}
