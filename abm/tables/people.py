"""The data dictionary of newcomers and their households: columns, units, meanings; stages and their legal transitions.

A household is the unit that moves: it applies, is placed, decided on, coupled and housed as one, so families stay
together by construction. A newcomer is a person in a household. Months count from January 2015; NEVER stands for no
month. The data dictionaries of the other tables are in this folder.
"""

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.named import Named
from abm.engine.table import NO_ROW, UNSET, Table, column


class Stage(Named):
    """Stages of the chain."""

    REGISTERING = 0  # at the registration centre, waiting for screening
    IN_DECISION = 1  # waiting for the first decision
    IN_APPEAL = 2  # refused, waiting for the decision of the court
    AWAITING_REGISTRATION = 3  # permit granted, waiting for the population register (BRP)
    AWAITING_COUPLING = 4  # registered, not yet tied to a municipality
    AWAITING_HOME = 5  # tied to a municipality, waiting for a home there
    DEPARTING = 6  # refused for good or closed, still in reception
    HOUSED = 7
    RETURNED = 8  # left, demonstrably
    UNKNOWN = 9  # left, destination unknown or another country
    PROTECTED = 10  # from Ukraine, under temporary protection: in a municipal shelter or a private home
    DIED = 11


IN_RECEPTION = (
    Stage.REGISTERING,
    Stage.IN_DECISION,
    Stage.IN_APPEAL,
    Stage.AWAITING_REGISTRATION,
    Stage.AWAITING_COUPLING,
    Stage.AWAITING_HOME,
    Stage.DEPARTING,
)
STATUS_HOLDERS = (Stage.AWAITING_REGISTRATION, Stage.AWAITING_COUPLING, Stage.AWAITING_HOME)
GONE = (Stage.RETURNED, Stage.UNKNOWN, Stage.DIED)
IN_MUNICIPALITY = (Stage.HOUSED, Stage.PROTECTED)

MOVES = {
    Stage.REGISTERING: (Stage.IN_DECISION,),
    Stage.IN_DECISION: (Stage.AWAITING_REGISTRATION, Stage.IN_APPEAL, Stage.DEPARTING, Stage.UNKNOWN),
    Stage.IN_APPEAL: (Stage.AWAITING_REGISTRATION, Stage.DEPARTING),
    Stage.AWAITING_REGISTRATION: (Stage.AWAITING_COUPLING, Stage.HOUSED),
    Stage.AWAITING_COUPLING: (Stage.AWAITING_HOME, Stage.HOUSED),
    Stage.AWAITING_HOME: (Stage.HOUSED,),
    Stage.DEPARTING: (Stage.RETURNED, Stage.UNKNOWN),
    Stage.HOUSED: (Stage.RETURNED, Stage.UNKNOWN, Stage.DIED),
    Stage.RETURNED: (),
    Stage.UNKNOWN: (),
    Stage.DIED: (),
    Stage.PROTECTED: (Stage.RETURNED,),
}


class Track(Named):
    """The procedure that screening chose."""

    REGULAR = 0
    FAST = 1  # clearly unpromising: safe origin, Dublin or other closing
    REPEATED = 2  # a repeat application


class Reunion(Named):
    """State of the application for family reunification (nareis) of a household."""

    NONE = 0
    APPLIED = 1  # in the queue for a decision
    TRAVELLING = 2  # granted, family not here yet
    REFUSED = 3
    ARRIVED = 4


class Role(Named):
    """Role of a person in the household."""

    LEAD = 0
    PARTNER = 1
    CHILD = 2


class Schooling(Named):
    """Schooling of a person on arrival."""

    NONE = 0  # cannot read and write
    PRIMARY = 1
    SECONDARY = 2
    HIGHER = 3


class Route(Named):
    """Routes of civic integration: that of the law before 2022, and those of the Wet inburgering 2021."""

    OLD = 0  # A2 within three years
    B1 = 1
    EDUCATION = 2  # to a Dutch diploma (onderwijsroute)
    SELF_RELIANCE = 3  # for people who find learning hardest (zelfredzaamheidsroute)


class Activity(Named):
    """Activities beside class of people without paid work."""

    NONE = 0
    VOLUNTEERING = 1
    INTERNSHIP = 2
    PARTICIPATION_JOB = 3  # unpaid work that prepares for a job (participatiebaan)
    SOCIAL_FIRM = 4  # work with most guidance, at a social firm (werkontwikkelbedrijf)
    TRAINING = 5  # short vocational course that is useful after return, for people on the fast track
    OTHER = 6  # of people who are exempt


class Newcomers(Table):
    """Newcomers: the persons of the households."""

    identity = column(np.uint64, doc="lasting address of this person's random draws")
    household = column(np.int32, unit="row of households", doc="household of this person")
    role = column(np.int8, Role.LEAD, doc="role in the household")
    female = column(np.bool_, False, doc="whether this person is a woman or girl")
    born = column(np.int16, unit="month", doc="month of birth (negative: before 2015)")
    adult = column(np.bool_, False, doc="whether aged 18 to 65, screened and in the Netherlands this month")
    schooling = column(np.int8, UNSET, doc="schooling on arrival; -1: no profile yet")
    sector = column(
        np.int8, NO_ROW, doc="sector in which this person can work best (state.inputs.sectors); -1: no profile yet"
    )
    talent = column(np.float32, unit="log odds/month", doc="unobserved talent for finding work")
    exempt = column(np.bool_, False, doc="whether exempt from class and work because of health or care")
    suits = column(np.int8, Activity.NONE, doc="most suitable activity")
    keen = column(
        np.float32, unit="share", doc="participation threshold: takes part if the activity's share exceeds it"
    )
    route = column(np.int8, UNSET, doc="route of civic integration, assigned with the permit; -1: none")
    student = column(np.bool_, False, doc="whether this person goes to school for some years from a home on")
    planned = column(np.int16, NEVER, unit="month", doc="month in which a work centre made a plan")
    class_due = column(np.int16, NEVER, unit="month", doc="first month in which a class could start")
    reached = column(
        np.int16, NEVER, unit="month", doc="month in which the language that the route requires was reached"
    )
    passed = column(
        np.int16, NEVER, unit="month", doc="month in which the exams were passed, or the hours of the route completed"
    )
    naturalised = column(np.int16, NEVER, unit="month", doc="month in which this person became Dutch")
    language = column(np.float32, unit="CEFR level", doc="Dutch: 1 is A1, 2 is A2, 3 is B1, 4 is B2, 5 is C1")
    class_hours = column(np.float32, unit="hours/month", doc="class attended this month")
    learner = column(np.bool_, False, doc="whether eligible for class: offered, and below the level the law requires")
    integrating = column(
        np.bool_, False, doc="whether the duty of civic integration, or school, takes time from this person"
    )
    hours_followed = column(np.float32, unit="hours", doc="class attended so far")
    classes_since = column(np.int16, NEVER, unit="month", doc="first month in class")
    activity = column(np.int8, Activity.NONE, doc="activity beside class this month")
    active = column(np.bool_, False, doc="whether there is such an activity")
    practice_hours = column(np.int8, unit="hours/week", doc="hours of unpaid work in that activity")
    trained = column(np.int8, unit="months", doc="months of training followed on the fast track")
    certified = column(np.int16, NEVER, unit="month", doc="month of the certificate of that training")
    dual = column(np.bool_, False, doc="whether class and work are combined on a dual track")
    class_location = column(np.int32, NO_ROW, unit="row of locations", doc="reception location of the last class")
    class_again = column(np.int16, unit="month", doc="month from which class can continue after a move in reception")
    coached_since = column(np.int16, NEVER, unit="month", doc="month in which coaching began")
    coached = column(np.bool_, False, doc="whether a job coach guides this person this month")
    coaching = column(np.float32, unit="share", doc="strength of coaching, decaying after its end")
    recognised = column(np.int16, NEVER, unit="month", doc="month in which a higher diploma was recognised")
    regulated = column(
        np.bool_, False, doc="whether that diploma is for a profession in which the law requires recognition"
    )
    idleness = column(np.float32, unit="share", doc="disengagement that accumulates in months without work or activity")
    temper = column(np.float32, unit="SD", doc="personal deviation from the expected wellbeing; 0: not drawn yet")
    wellbeing = column(np.float32, unit="SD", doc="mental wellbeing, 0 being the mean of the population")
    employed = column(np.bool_, False, doc="whether this person has a paid job")
    by_agency = column(np.bool_, False, doc="whether the job, or the last one, is through an agency")
    hired = column(np.int16, NEVER, unit="month", doc="month in which the last job began")
    experience = column(
        np.float32, unit="years", doc="years of paid work in the Netherlands, decaying while without a job"
    )
    work_hours = column(np.int8, unit="hours/week", doc="hours of the job; 0 without one")
    wage = column(np.float32, unit="EUR/month", doc="gross wage of the job; 0 without one")
    net_wage = column(np.float32, unit="EUR/month", doc="net wage of the job; 0 without one")
    income = column(np.float32, unit="EUR/month", doc="net wage, plus a share of the household's social assistance")
    level_matched = column(np.bool_, False, doc="whether the last job requires the schooling of this person")
    permit_months = column(np.uint16, doc="bit mask of the last twelve months: those worked without a residence permit")
    months_idle = column(
        np.int16,
        UNSET,
        unit="months",
        doc="months as an adult here without paid work, class or activity; -1: not counted yet",
    )
    work_region = column(np.int8, NO_ROW, unit="row of regions", doc="region of residence when the job began")
    employer = column(np.int16, NO_ROW, unit="row of employers", doc="employer of the job, or of the last one")


class Households(Table):
    """Households of newcomers: the unit that moves through the chain."""

    identity = column(np.uint64, doc="lasting address of this household's random draws")
    lottery = column(np.uint64, doc="order among households that wait equally long; all different")
    origin = column(np.int8, unit="row of origins", doc="group of countries of origin")
    size = column(np.int8, 1, unit="persons", doc="members who are in the Netherlands")
    counted = column(np.int8, 1, unit="persons", doc="members who have been counted so far, who died included")
    repeated = column(np.bool_, False, doc="whether this is a repeat application")
    unaccompanied = column(np.bool_, False, doc="whether this is a minor without parents")
    medical = column(np.bool_, False, doc="whether screening found a medical need that gives precedence in placement")
    tie = column(np.int8, NO_ROW, unit="row of regions", doc="region where relatives live")
    sponsor = column(np.int32, NO_ROW, unit="row of households", doc="household that this family joined")
    stage = column(np.int8, Stage.REGISTERING, doc="stage of the chain")
    since = column(np.int16, unit="month", doc="month in which the stage began")
    track = column(np.int8, Track.REGULAR, doc="track of the procedure")
    closing = column(
        np.bool_,
        False,
        doc="whether the application will be closed without a decision on its merits (Dublin, withdrawn)",
    )
    location = column(np.int32, NO_ROW, unit="row of locations", doc="reception location")
    municipality = column(
        np.int16, NO_ROW, unit="row of municipalities", doc="where coupled, and later housed; or where protected"
    )
    moves = column(
        np.int16, unit="moves", doc="moves in reception so far, including the one from the registration centre"
    )
    relocated = column(np.float32, unit="moves", doc="moves in reception, decaying over time")
    support_at_placement = column(
        np.float32,
        unit="SD over municipalities",
        doc="support in the municipality when the household was tied to it; 0: mean, or not tied yet",
    )
    applied = column(np.int16, NEVER, unit="month", doc="month of application or arrival")
    earlier = column(np.int16, 0, unit="months", doc="months in the Netherlands before that, since a first application")
    decided = column(np.int16, NEVER, unit="month", doc="month of the first decision")
    granted = column(np.int16, NEVER, unit="month", doc="month of the permit")
    coupled = column(np.int16, NEVER, unit="month", doc="month of coupling to a municipality")
    housed = column(np.int16, NEVER, unit="month", doc="month of moving into its first home")
    moved_in = column(np.int16, NEVER, unit="month", doc="month of moving into the present home")
    moved_out = column(np.int16, NEVER, unit="month", doc="month of the last move to another municipality")
    came_from = column(np.int16, NO_ROW, unit="row of municipalities", doc="municipality before that move")

    adults = column(np.int8, unit="persons", doc="members of 18 to 65, screened and here")
    earned = column(np.float32, unit="EUR/month", doc="their net wages together")
    assistance = column(np.float32, unit="EUR/month", doc="social assistance that makes up what is missing")
    priority = column(np.bool_, True, doc="whether the household goes before other home seekers")
    registered = column(np.int16, NEVER, unit="month", doc="month from which it counts as a registered home seeker")
    rule = column(np.int8, UNSET, doc="rule by which its home was let; -1: none")
    home = column(np.int8, UNSET, doc="size of the home or units let, as in HomeSize; -1: none, or not known")
    tenure = column(np.int8, 0, doc="tenure of the home, as in Tenure")
    crowded = column(np.bool_, False, doc="whether the home is too small, so that the household looks for a larger one")
    complex = column(np.int16, NO_ROW, unit="row of complexes", doc="complex of starter homes where it lives")
    urgent = column(np.int16, NEVER, unit="month", doc="month from which it urgently needs another home")
    interim = column(np.int16, NEVER, unit="month", doc="month in which it moved into an interim place")
    hotel = column(np.int16, NEVER, unit="month", doc="month in which it moved into a hotel")
    host_until = column(np.int16, NEVER, unit="month", doc="month in which its last stay with hosts ends")
    homeless = column(np.int16, NEVER, unit="month", doc="month in which it lost a home without a next one")
    assisted = column(np.bool_, False, doc="whether the household lives on social assistance (bijstand)")
    free_to_work = column(np.bool_, False, doc="whether temporary protection lets it work without a permit")
    may_work = column(
        np.bool_, False, doc="whether its adults may work this month by law, with or without a work permit"
    )

    tax_on_work = column(
        np.float32,
        UNSET,
        unit="share",
        doc="share of a new job's net wage that goes to the own contribution; -1: not in reception",
    )
    savings = column(np.float64, unit="EUR", doc="balance of the savings account in reception")
    family_abroad = column(np.int8, unit="persons", doc="relatives in the reunification application")
    reunion = column(np.int8, Reunion.NONE, doc="state of that application")
    reunion_since = column(np.int16, NEVER, unit="month", doc="month in which that state began")
    reunion_applied = column(np.int16, NEVER, unit="month", doc="month of that application")

    def enter(self, rows: np.ndarray, stage: Stage, month: int) -> None:
        """Move households (rows) to a stage that begins in this month."""
        self.stage[rows] = int(stage)  # a member takes NumPy longer
        self.since[rows] = month
