//! Work that goes on whatever becomes of the request that began it. When the program ends, it ends in the middle: so
//! only what may be begun again is done here.

/// Does some work beside the request.
pub(crate) fn go_on(work: impl Future<Output = ()> + Send + 'static) {
    #[expect(clippy::disallowed_methods, reason = "the one place where the console begins tasks")]
    tokio::spawn(work);
}
