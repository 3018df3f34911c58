//! Reads that do not need each other: one that fails by itself keeps none of the others from being kept.

use pco_client::ApiError;

use super::SyncError;

/// What came of them so far.
#[derive(Default)]
pub(crate) struct Several {
    has_answered: bool,
    failure: Option<SyncError>,
}

impl Several {
    /// Notes how one ended. What keeps the others from being read as well is handed back.
    pub(crate) fn note(&mut self, read: Result<(), SyncError>) -> Result<(), SyncError> {
        match read {
            Ok(()) => self.has_answered = true,
            Err(error) if error.may_be_alone() => self.failure = self.failure.take().or(Some(error)),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The first failure. Errors in place of answers are the whole service's only where nothing else was answered.
    pub(crate) fn end(self) -> Result<(), SyncError> {
        match self.failure {
            Some(SyncError::Api(ApiError::ServiceDown { .. })) if self.has_answered => Err(SyncError::InPart),
            failure => failure.map_or(Ok(()), Err),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn end_of(reads: [Result<(), SyncError>; 2]) -> Result<(), SyncError> {
        let mut several = Several::default();
        reads.into_iter().try_for_each(|read| several.note(read)).unwrap();
        several.end()
    }

    fn down() -> Result<(), SyncError> {
        Err(ApiError::ServiceDown { status: 500 }.into())
    }

    #[test]
    fn the_service_is_down_only_when_nothing_answers() {
        assert!(end_of([Ok(()), Ok(())]).is_ok());
        assert!(matches!(end_of([down(), down()]), Err(SyncError::Api(ApiError::ServiceDown { .. }))));
        assert!(matches!(end_of([down(), Ok(())]), Err(SyncError::InPart)));
        let moved = end_of([Err(SyncError::CountDiffers), Ok(())]);
        assert!(matches!(moved, Err(SyncError::CountDiffers)));
    }

    #[test]
    fn what_concerns_all_is_handed_back_at_once() {
        let mut several = Several::default();
        assert!(several.note(Err(ApiError::SignInRequired.into())).is_err());
        assert!(several.note(Err(SyncError::Closed)).is_err());
    }
}
