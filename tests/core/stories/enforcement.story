# The procedure against a building (违建查处). Columns as in case.story.

story     every paper in its order, and force only at the very end
thing     enforcement
Wang      inspector    find               place                     found
Wang      inspector    stop               document                  stopping
Wang      inspector    confirm_stopped    photo                     stopped
Li        officer      ask_determination  document                  under_determination
Hu        legal        file               document                  filed
Li        officer      investigate        -                         investigating
Li        officer      notify             document                  ! attachments
Li        officer      notify             document papers           notified
Fang      chief        decide             document reviewed         ! party-heard
Fang      chief        decide             document heard            ! legal-review
Fang      chief        decide             document heard reviewed   decided
Li        officer      serve              document                  ! served
Li        officer      serve              document served           served
Robot     service      open_remedies      served                    in_remedy_period
Li        officer      urge               document served           ! performance-period
Li        officer      urge               document served period-past       urged
Li        officer      announce           document                  ! urge-period
Li        officer      announce           document urge-past        announced
Li        officer      enforce            urged urge-past announced legal-past ordered      ! demolish-not-correctable
Li        officer      enforce            not-correctable urge-past announced legal-past ordered    ! urged
Li        officer      enforce            not-correctable urged announced legal-past ordered        ! urge-period
Li        officer      enforce            not-correctable urged urge-past legal-past ordered        ! announced
Li        officer      enforce            not-correctable urged urge-past announced ordered         ! legal-periods
Li        officer      enforce            not-correctable urged urge-past announced legal-past      ! government-order
Li        officer      enforce            not-correctable urged urge-past announced legal-past ordered night    ! no-night-or-holiday
Li        officer      enforce            not-correctable urged urge-past announced legal-past ordered          enforcing
Li        officer      demolish_forced    note document night       ! no-night-or-holiday
Li        officer      halt               note                      announced
Li        officer      enforce            not-correctable urged urge-past announced legal-past ordered night emergency   enforcing
Li        officer      demolish_forced    note document             demolished_forced
Li        checker      verify             -                         ! handler-not-checker
Zhao      checker      verify             -                         verifying
Zhao      checker      strike_off         after area=80/100         ! area-measured
Zhao      checker      fail               note                      rework
Li        officer      demolish_assisted  note document             demolished_assisted
Zhao      checker      verify             -                         verifying
Li        chief        strike_off         after area=100/100        ! handler-not-checker
Zhao      checker      strike_off         after area=100/100        cancelled_off
Zhao      checker      reopen             note                      cancelled_off

story     the party demolishes it after the order to stop
thing     enforcement
state     stopping
Li        officer      demolish_self      note                      demolished_self
Zhao      checker      verify             -                         verifying
Zhao      checker      strike_off         after area=30/30          cancelled_off

story     still correctable: fined and corrected
thing     enforcement
state     in_remedy_period
Li        officer      fine_and_correct   document served not-correctable   ! still-correctable
Li        officer      fine_and_correct   document served           fined_corrected

story     not demolishable: confiscated
thing     enforcement
state     in_remedy_period
Li        officer      confiscate         document served legal-past        ! confiscate-not-demolishable
Li        officer      confiscate         document served not-demolishable  ! legal-periods
Li        officer      confiscate         document served legal-past not-demolishable       confiscated

story     lawful after all
thing     enforcement
state     under_determination
Hu        legal        determine_lawful   -                         ! document
Hu        legal        determine_lawful   document                  not_illegal

story     the report is not true
thing     enforcement
state     found
Li        officer      reject             note                      invalid

story     two procedures over one building
thing     enforcement
state     stopped
Hu        legal        merge              master                    merged

story     deferred with a date of review, and resumed where it was
thing     enforcement
state     urged
Fang      chief        defer              note                      ! review-date
Fang      chief        defer              note review-date          deferred
Fang      chief        review             note review-date          deferred
Fang      chief        resume             note                      urged
